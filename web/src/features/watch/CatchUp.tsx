import Clock from 'lucide/dist/esm/icons/clock-alert.mjs'
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { api } from '../../lib/api'
import type { Joined } from '../../lib/joinRoom'
import { Refusal } from '../../lib/refusal'
import { readStored, writeStored } from '../../lib/storage'
import { timeOfDay } from '../../lib/time'
import { Button } from '../../ui/Button'
import { Card } from '../../ui/Card'
import { faultText } from '../../ui/Fault'
import { Icon } from '../../ui/Icon'
import { Switch } from '../../ui/Switch'
import { toast } from '../../ui/toast'
import styles from './CatchUp.module.css'
import * as strings from './delay.strings'
import { type SourceDelay, watchDelay } from './sourceDelay'

const AUTOMATIC_KEY = 'footlight.catchUp'
/** A shorter delay isn't worth an interruption. */
const AUTOMATIC_SECONDS = 5

/** Says that viewers are behind, and restarts the encoder's connection. Shown to the creator. */
export function CatchUp({ joined }: { joined: Joined | null }) {
  const delay = useSourceDelay(joined)
  const [isAutomatic, setAutomatic] = useState(() => readStored(AUTOMATIC_KEY) === 'on')
  const [asked, setAsked] = useState('')
  const isAsked = asked === delay?.connection

  const catchUp = useCallback(async (connection: string) => {
    setAsked(connection)
    try {
      await api.post('/api/stream/catch-up')
    } catch (caught) {
      setAsked('')
      toast(faultText(Refusal.caught(caught)), 'bad')
    }
  }, [])
  // Once for each connection of the encoder, even if the request failed.
  const lastAutomatic = useRef('')
  useEffect(() => {
    if (!isAutomatic || !delay || delay.seconds < AUTOMATIC_SECONDS) return
    if (lastAutomatic.current === delay.connection) return
    lastAutomatic.current = delay.connection
    void catchUp(delay.connection)
  }, [isAutomatic, delay, catchUp])

  if (!delay || delay.seconds === 0) return null
  return (
    <Card title={strings.behind(delay.seconds, timeOfDay(delay.sinceMs))}>
      <div class={styles.body} data-testid="catch-up">
        <p role="status">
          <Icon of={Clock} /> {isAsked ? strings.isCatchingUp : strings.cause}
        </p>
        <Button look="primary" isBusy={isAsked} onClick={() => void catchUp(delay.connection)}>
          {strings.catchUp}
        </Button>
        <Switch
          label={strings.automatic}
          hint={strings.automaticHint}
          isOn={isAutomatic}
          onChange={(isOn) => {
            setAutomatic(isOn)
            writeStored(AUTOMATIC_KEY, isOn ? 'on' : null)
          }}
        />
      </div>
    </Card>
  )
}

function useSourceDelay(joined: Joined | null): SourceDelay | null {
  const [delay, setDelay] = useState<SourceDelay | null>(null)
  useEffect(() => {
    if (!joined) return
    const end = watchDelay(joined, setDelay)
    return () => {
      end()
      setDelay(null)
    }
  }, [joined])
  return delay
}
