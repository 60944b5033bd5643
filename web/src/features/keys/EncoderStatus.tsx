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
  /** What one can do about a key that is off. */
  children?: ComponentChildren
}

/** Whether LiveKit receives the encoder, and what it receives; or that it would receive none. */
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
        {/* Said once as it changes; the figures beside it, which never rest, are not. */}
        <span role="status">
          {status === 'publishing'
            ? strings.connected
            : status === 'error'
              ? strings.encoderError(error ?? '')
              : status === 'buffering'
                ? strings.buffering
                : strings.waiting}
        </span>
        {figures && `: ${figures}`}
      </span>
    </p>
  )
}

/** `1280x720, 30 fps, 2.5 Mbit/s`; empty where LiveKit does not say. */
export function encoderFigures({ video, audio }: Encoder): string {
  if (!video || video.width === 0) return ''
  const figures = [`${video.width}x${video.height}`]
  if (video.framerate > 0) figures.push(sharedStrings.framesPerSecond(Math.round(video.framerate)))
  const bitrate = video.averageBitrate + (audio?.averageBitrate ?? 0)
  if (bitrate > 0) figures.push(sharedStrings.megabits((bitrate / 1e6).toFixed(1)))
  return figures.join(', ')
}
