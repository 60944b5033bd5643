import Smile from 'lucide/dist/esm/icons/face-slightly-smiling.mjs'
import SendHorizontal from 'lucide/dist/esm/icons/send-horizontal.mjs'
import type { ComponentChildren, Ref } from 'preact'
import { useEffect, useImperativeHandle, useRef, useState } from 'preact/hooks'
import { ErrorBoundary as Suspended } from 'preact-iso'
import { expectSession, signInUrl } from '../../lib/signin'
import { readStored, writeStored } from '../../lib/storage'
import * as sharedStrings from '../../lib/strings'
import { lazy } from '../../ui/lazy'
import { ToolButton } from '../../ui/ToolButton'
import styles from './Composer.module.css'
import type { Unsent } from './outbox'
import { remainingTime } from './remainingTime'
import { countCharacters, type Gate, MAX_CHARACTERS } from './rules'
import * as strings from './strings'
import { useNowUntil } from './useNowUntil'

const EmojiPicker = lazy(() => import('./EmojiPicker'))

export interface ComposerHandle {
  focus(): void
  /** Insert text at the caret. */
  insert(text: string): void
}

interface Props {
  handle: Ref<ComposerHandle>
  host: string
  gate: Gate | null
  /** The chat has loaded. Before that, a message waits. */
  isReady: boolean
  /** The name of a guest; null for everyone else. */
  guestName: string | null
  /** The reader's message that was sent too early, and is sent automatically when it is due. */
  early: Unsent | null
  /** The follow button, shown if only followers may write. */
  follow: ComponentChildren
  onWrite(text: string): void
  onDrop(id: string): void
}

/** From this length on, the remaining characters are shown. */
const COUNTER_FROM = MAX_CHARACTERS - 100

export function Composer(props: Props) {
  const { handle, host, gate, isReady, guestName, early, follow, onWrite, onDrop } = props
  const key = `footlight.draft.${host}`
  const [draft, setDraft] = useState(() => readStored(key, () => sessionStorage) ?? '')
  const [isPicking, setPicking] = useState(false)
  const [isWaitShown, setWaitShown] = useState(false)
  const [isDue, setDue] = useState(false)
  const field = useRef<HTMLTextAreaElement>(null)
  const characters = countCharacters(draft)
  const isTooLong = characters > MAX_CHARACTERS
  const now = useNowUntil(early?.dueAt ?? null)
  const wait = early?.dueAt ? Math.max(0, early.dueAt - now) : 0

  const change = (text: string) => {
    // A pasted text may have line breaks. A message has none.
    const line = text.replace(/\s*\n\s*/g, ' ')
    setDraft(line)
    setDue(false)
    writeStored(key, line || null, () => sessionStorage)
  }
  const insert = (text: string) => {
    const { selectionStart: start = draft.length, selectionEnd: end = draft.length } =
      field.current ?? {}
    const before = draft.slice(0, start)
    change(before + text + draft.slice(end))
    requestAnimationFrame(() => {
      field.current?.focus()
      field.current?.setSelectionRange(start + text.length, start + text.length)
    })
  }
  useImperativeHandle(handle, () => ({ focus: () => field.current?.focus(), insert }))
  useEffect(() => {
    if (!early) setWaitShown(false)
  }, [early])

  const send = () => {
    if (characters === 0 || isTooLong) return
    // The text stays in sight until the chat has loaded.
    if (!isReady) return setDue(true)
    // Only one message waits at a time. The next one stays in the field until the first is sent.
    if (early) return setWaitShown(true)
    onWrite(draft.trim())
    change('')
  }

  useEffect(() => {
    if (!isReady || !isDue) return
    setDue(false)
    send()
  }, [isReady, isDue])

  if (gate) {
    const reason = 'until' in gate ? gate.until : gate.why
    return <Closed key={reason} gate={gate} follow={follow} />
  }
  return (
    <form
      class={styles.composer}
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      {early && (
        <div class={styles.early} data-testid="early">
          <p class={styles.goesOut} aria-hidden="true">
            {wait > 0 ? strings.sendsIn(remainingTime(wait)) : strings.sendsNow}
          </p>
          <p class={styles.waiting}>
            <bdi>{early.text}</bdi>
          </p>
          <span class={styles.earlyActions}>
            <button
              type="button"
              onClick={() => {
                onDrop(early.id)
                change(draft ? `${early.text} ${draft}` : early.text)
                field.current?.focus()
              }}
            >
              {strings.edit}
            </button>
            <button type="button" onClick={() => onDrop(early.id)}>
              {strings.discard}
            </button>
          </span>
        </div>
      )}
      {isPicking && (
        <div class={styles.picker}>
          <Suspended>
            <EmojiPicker
              onPick={insert}
              onClose={() => {
                setPicking(false)
                field.current?.focus()
              }}
            />
          </Suspended>
        </div>
      )}
      <div class={styles.field}>
        <textarea
          ref={field}
          rows={1}
          value={draft}
          placeholder={isReady ? strings.sendMessage : strings.connecting}
          aria-label={strings.sendMessage}
          aria-invalid={isTooLong}
          enterkeyhint="send"
          autocomplete="off"
          onInput={(event) => change(event.currentTarget.value)}
          onKeyDown={(event) => {
            // While an input method composes, Enter belongs to it. Safari then reports the key code 229.
            if (event.key !== 'Enter' || event.isComposing || event.keyCode === 229) return
            event.preventDefault()
            send()
          }}
          data-testid="chat-input"
        />
        <ToolButton
          icon={Smile}
          aria-label={strings.emoji}
          aria-expanded={isPicking}
          onClick={() => setPicking(!isPicking)}
        />
        <ToolButton
          icon={SendHorizontal}
          iconSize={18}
          type="submit"
          class={styles.send}
          aria-label={strings.send}
          // The focus stays in the field, so that a phone's keyboard stays open.
          onMouseDown={(event: MouseEvent) => event.preventDefault()}
          aria-disabled={characters === 0 || isTooLong || early !== null || !isReady}
          data-testid="chat-send"
        />
      </div>
      <p class={styles.hint} role="status">
        {characters > COUNTER_FROM && (
          <span class={isTooLong ? styles.tooLong : ''}>
            {isTooLong
              ? strings.charactersTooMany(characters - MAX_CHARACTERS)
              : strings.charactersLeft(MAX_CHARACTERS - characters)}
          </span>
        )}
        {isDue && <span>{strings.sendsOnceConnected}</span>}
        {isWaitShown && early && <span>{strings.previousSendsFirst(remainingTime(wait))}</span>}
      </p>
      {guestName && (
        <p class={styles.guest}>
          <bdi>{strings.writingAs(guestName)}</bdi>{' '}
          <a href={signInUrl()} onClick={expectSession}>
            {sharedStrings.signIn}
          </a>{' '}
          {strings.signInToUseOwnName}
        </p>
      )}
    </form>
  )
}

/** Replaces the composer while the reader can't write: why, for how long, and what they can do. */
function Closed({ gate, follow }: { gate: Gate; follow: ComponentChildren }) {
  const until = 'until' in gate ? gate.until : null
  const now = useNowUntil(until)
  if (gate.why === 'off') return null
  const time = remainingTime((until ?? now) - now)
  const first = useRef(time)
  return (
    <div class={styles.closed} data-testid="chat-closed" data-why={gate.why}>
      {gate.why === 'timedOut' || gate.why === 'followLonger' ? (
        <>
          <p aria-hidden="true">{strings.closed[gate.why](time)}</p>
          {/* Announced once, and not every second. */}
          <p class="quiet-label" role="status">
            {strings.closed[gate.why](first.current)}
          </p>
        </>
      ) : (
        <p role="status">{strings.closed[gate.why]}</p>
      )}
      {gate.why === 'follow' && follow}
      {gate.why === 'signedIn' && (
        <a href={signInUrl()} onClick={expectSession}>
          {sharedStrings.signIn}
        </a>
      )}
    </div>
  )
}
