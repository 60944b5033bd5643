import { useEffect, useState } from 'preact/hooks'
import type { OwnStream } from '../../api/types'
import { formatDuration } from '../../lib/durations'
import { Card } from '../../ui/Card'
import { Choice } from '../../ui/Choice'
import { TextField } from '../../ui/Field'
import { Switch } from '../../ui/Switch'
import { BlockedWords } from './BlockedWords'
import styles from './ChatSettings.module.css'
import * as strings from './strings'
import { useSaving } from './useSaving'

const CHAT_RULES = ['isSignedInOnly', 'areLinksBlocked', 'areRepeatsBlocked'] as const

const DELAY_SECONDS = [3, 5, 10, 30, 60, 120]
const MAX_DELAY_SECONDS = 300
const FOLLOWED_MINUTES = [0, 10, 60, 1_440, 10_080, 43_200] as const

interface Props {
  stream: OwnStream
  onChange(change: (stream: OwnStream) => OwnStream): void
}

/** The rules of the chat. Each change is saved right away. */
export function ChatSettings({ stream, onChange }: Props) {
  const save = useSaving(stream, onChange)
  const { chat } = stream

  const rule = (setting: 'isChatEnabled' | 'isChatDelayed' | 'isChatFollowersOnly') => (
    <Switch
      {...strings.settings[setting]}
      isOn={stream[setting]}
      onChange={(isOn) => void save({ [setting]: isOn })}
    />
  )
  return (
    <>
      <Card title={strings.rules}>
        <p class={styles.soft}>{strings.rulesExempt}</p>
        <div>
          <div class={styles.rule}>
            {rule('isChatEnabled')}
            {!stream.isChatEnabled && <p class={styles.off}>{strings.chatOff}</p>}
          </div>
          <div class={styles.rule}>
            {rule('isChatDelayed')}
            {stream.isChatDelayed && (
              <Delay
                seconds={chat.delaySeconds}
                onSave={(delaySeconds) => void save({ chat: { delaySeconds } })}
              />
            )}
          </div>
          <div class={styles.rule}>
            {rule('isChatFollowersOnly')}
            {stream.isChatFollowersOnly && (
              <Followed
                minutes={chat.followersMinutes}
                onSave={(followersMinutes) => void save({ chat: { followersMinutes } })}
              />
            )}
          </div>
          {CHAT_RULES.map((setting) => (
            <div key={setting} class={styles.rule}>
              <Switch
                {...strings.settings[setting]}
                isOn={chat[setting]}
                onChange={(isOn) => void save({ chat: { [setting]: isOn } })}
              />
            </div>
          ))}
        </div>
      </Card>
      <BlockedWords
        words={chat.blockedWords}
        onSave={(blockedWords) => save({ chat: { blockedWords } })}
      />
    </>
  )
}

function Delay({ seconds, onSave }: { seconds: number; onSave(seconds: number): void }) {
  const [typed, setTyped] = useState(String(seconds))
  const [error, setError] = useState<string>()
  useEffect(() => {
    setTyped(String(seconds))
    setError(undefined)
  }, [seconds])

  const submit = () => {
    const value = Number(typed)
    if (!Number.isInteger(value) || value < 1 || value > MAX_DELAY_SECONDS) {
      setError(strings.delayInvalid)
    } else if (value !== seconds) onSave(value)
  }
  return (
    <div class={styles.more}>
      <p aria-hidden="true">{strings.delay}</p>
      <Choice
        legend={strings.delay}
        options={DELAY_SECONDS.map((delay) => ({
          value: String(delay),
          label: formatDuration(delay),
        }))}
        chosen={String(seconds)}
        saving={null}
        onChoose={(delay) => {
          setTyped(delay)
          setError(undefined)
          onSave(Number(delay))
        }}
      />
      <form
        class={styles.other}
        noValidate
        // Enter already triggers the change event of the field.
        onSubmit={(event) => event.preventDefault()}
      >
        <TextField
          label={strings.delaySeconds}
          hint={strings.delayHint}
          error={error}
          value={typed}
          inputMode="numeric"
          autocomplete="off"
          maxLength={3}
          onInput={(event) => {
            setTyped(event.currentTarget.value)
            setError(undefined)
          }}
          onChange={submit}
        />
      </form>
    </div>
  )
}

function Followed({ minutes, onSave }: { minutes: number; onSave(minutes: number): void }) {
  const options = FOLLOWED_MINUTES.map((value) => ({
    value: String(value),
    label: strings.followedForChoices[value],
  }))
  // The API accepts any number of minutes.
  if (!options.some(({ value }) => value === String(minutes))) {
    options.push({ value: String(minutes), label: formatDuration(minutes * 60) })
  }
  return (
    <div class={styles.more}>
      <p aria-hidden="true">{strings.followedFor}</p>
      <Choice
        legend={strings.followedFor}
        options={options}
        chosen={String(minutes)}
        saving={null}
        onChoose={(value) => onSave(Number(value))}
      />
    </div>
  )
}
