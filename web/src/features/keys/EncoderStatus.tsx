import CircleCheck from 'lucide/dist/esm/icons/circle-check.mjs'
import PowerOff from 'lucide/dist/esm/icons/power-off.mjs'
import TriangleAlert from 'lucide/dist/esm/icons/triangle-alert.mjs'
import type { ComponentChildren } from 'preact'
import type { Encoder, Ingress } from '../../api/types'
import * as sharedStrings from '../../lib/strings'
import { Icon } from '../../ui/Icon'
import styles from './EncoderStatus.module.css'
import { isSending, keyState } from './keyState'
import * as strings from './strings'

interface Props {
  ingress: Ingress
  /** What to do if the key is off, such as a link. */
  children?: ComponentChildren
}

/** Shows whether LiveKit receives the encoder's stream, and its figures, or that the key is off. */
export function EncoderStatus({ ingress, children }: Props) {
  const { encoder } = ingress
  if (!isSending(encoder) && keyState(ingress, Date.now()) === 'off') {
    return (
      <p class={styles.status} data-testid="encoder-status">
        <Icon of={PowerOff} />
        <span role="status">{strings.isOff}</span>
        {children}
      </p>
    )
  }
  const { status, error } = encoder
  const figures = status === 'publishing' ? encoderFigures(encoder) : ''
  return (
    <p class={`${styles.status} ${styles[status]}`} data-testid="encoder-status">
      {status === 'publishing' && <Icon of={CircleCheck} />}
      {status === 'error' && <Icon of={TriangleAlert} />}
      {status !== 'publishing' && status !== 'error' && (
        <span class={styles.dot} aria-hidden="true" />
      )}
      <span>
        {/* Screen readers announce changes of the status, but not of the figures, which change all the time. */}
        <span role="status">
          {status === 'publishing'
            ? strings.connected
            : status === 'error'
              ? strings.faults[error ?? 'unknown']
              : status === 'buffering'
                ? strings.buffering
                : strings.waiting}
        </span>
        {figures && `: ${figures}`}
      </span>
    </p>
  )
}

/** Return `1280x720, 30 fps, 2.5 Mbit/s`, or an empty string if LiveKit reports no video. */
export function encoderFigures({ video, audio }: Encoder): string {
  if (!video || video.width === 0) return ''
  const figures = [`${video.width}x${video.height}`]
  if (video.framerate > 0) figures.push(sharedStrings.framesPerSecond(Math.round(video.framerate)))
  const bitrate = video.averageBitrate + (audio?.averageBitrate ?? 0)
  if (bitrate > 0) figures.push(sharedStrings.megabits((bitrate / 1e6).toFixed(1)))
  return figures.join(', ')
}
