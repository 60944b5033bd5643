import CircleCheck from 'lucide/dist/esm/icons/circle-check.mjs'
import CircleStop from 'lucide/dist/esm/icons/circle-stop.mjs'
import PowerOff from 'lucide/dist/esm/icons/power-off.mjs'
import TriangleAlert from 'lucide/dist/esm/icons/triangle-alert.mjs'
import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Ingress } from '../../api/types'
import { Icon } from '../../ui/Icon'
import styles from './EncoderStatus.module.css'
import { EndRest } from './EndRest'
import * as strings from './encoder.strings'
import { encoderReport } from './encoderReport'
import type { VideoFault } from './keyFrames'
import { isSending, keyState } from './keyState'

interface Props {
  ingress: Ingress
  /** The creator's own page receives no new picture. */
  isPictureStopped?: boolean
  /** What that page sees in the video. */
  videoFault?: VideoFault
  /** The broadcast has not ended. It may be interrupted. */
  isOnAir?: boolean
  /** The creator is setting up an encoder. If nothing arrives, the likely causes help. */
  isSettingUp?: boolean
  onChange(ingress: Ingress): void
  /** What to do if the key is off, such as a link. */
  children?: ComponentChildren
}

/** LiveKit reports no attempt with an unknown key, so after this time the page names the likely causes. */
const LATE_MS = 60_000
const ICONS = { good: CircleCheck, warning: TriangleAlert, bad: TriangleAlert, ended: CircleStop }

/** Shows what LiveKit receives from the encoder and what is wrong with it, or that the key is off. */
export function EncoderStatus({
  ingress,
  isPictureStopped,
  videoFault,
  isOnAir,
  isSettingUp = false,
  onChange,
  children,
}: Props) {
  const { encoder, inputType } = ingress
  const now = Date.now()
  const isOff = !isSending(encoder) && keyState(ingress, now) === 'off'
  const { tone, title, advice, received, isResting } = encoderReport(encoder, {
    inputType,
    nowMs: now,
    restingUntil: ingress.restingUntil,
    restingFor: ingress.restingFor,
    overCap: ingress.overCap,
    isPictureStopped,
    videoFault,
    isOnAir,
  })
  const isLate = useLate(isSettingUp && !isOff && tone === 'waiting' && !isSending(encoder))

  if (isOff) {
    return (
      <p class={styles.status} data-testid="encoder-status">
        <Icon of={PowerOff} />
        <span role="status">{strings.isOff}</span>
        {children}
      </p>
    )
  }
  return (
    <div class={`${styles.status} ${styles[tone]}`} data-testid="encoder-status" data-tone={tone}>
      {tone === 'waiting' ? (
        <span class={styles.dot} aria-hidden="true" />
      ) : (
        <Icon of={ICONS[tone]} />
      )}
      <div class={styles.report}>
        {/* Screen readers announce changes of the status, but not of the figures, which change all the time. */}
        <p role="status">{isLate ? strings.nothingArrived : title}</p>
        {received && <p class={styles.received}>{received}</p>}
        {advice && <p class={styles.advice}>{advice}</p>}
        {isResting && <EndRest ingress={ingress} onChange={onChange} />}
        {isLate && (
          <>
            <p class={styles.advice}>{strings.likelyCauses}</p>
            <ul class={styles.advice}>
              {strings.causes.map((cause) => (
                <li key={cause}>{cause}</li>
              ))}
            </ul>
          </>
        )}
      </div>
    </div>
  )
}

/** Return whether the wait has lasted for a while. */
function useLate(isWaiting: boolean): boolean {
  const [isLate, setLate] = useState(false)
  useEffect(() => {
    if (!isWaiting) return
    const timer = window.setTimeout(() => setLate(true), LATE_MS)
    return () => {
      window.clearTimeout(timer)
      setLate(false)
    }
  }, [isWaiting])
  return isLate
}
