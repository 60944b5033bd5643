import { useEffect, useReducer, useRef, useState } from 'preact/hooks'
import type { Joined } from '../../lib/joinRoom'
import { hueOf } from '../../ui/hue'
import styles from './ChatOverlay.module.css'
import { Badge } from './MessageRow'
import type { Message } from './message'
import * as strings from './overlay.strings'
import { ALLOWED, type OverlayStyle, parseOverlayStyle } from './overlayStyle'
import { roleOf } from './participants'
import type { ChatStream } from './rules'
import { useMessages } from './useMessages'
import { useViewerToken } from './useViewerToken'

interface Props {
  /** The host's username. */
  host: string
  /** Undefined if there is no such channel. */
  stream: ChatStream | undefined
  /** The room, while the page is in it. */
  joined: Joined | null
  /** Why there is no chat, for the creator who sets up the overlay. */
  fault: string | null
}

/** The messages of a chat over a transparent page, for a browser source of OBS. No one can write or press here. */
export default function ChatOverlay({ host, stream, joined, fault }: Props) {
  const [{ style, invalid }] = useState(() => parseOverlayStyle(location.search))
  return (
    <div
      class={styles.overlay}
      data-text={style.text}
      data-shadow={style.shadow ? 'on' : 'off'}
      style={{ fontSize: `${style.size}px` }}
      aria-label={strings.overlay}
      role="log"
      data-testid="overlay"
    >
      {stream && !fault && <Messages host={host} stream={stream} joined={joined} style={style} />}
      {fault && <p class={styles.fault}>{fault}</p>}
      {invalid.map((name) => (
        <p key={name} class={styles.fault}>
          {strings.invalid(name)} {isParameter(name) && strings.allowed(name, ALLOWED[name])}
        </p>
      ))}
    </div>
  )
}

function isParameter(name: string): name is keyof OverlayStyle {
  return Object.hasOwn(ALLOWED, name)
}

const ignore = () => {}

interface MessagesProps {
  host: string
  stream: ChatStream
  joined: Joined | null
  style: OverlayStyle
}

function Messages({ host, stream, joined, style }: MessagesProps) {
  const { chatApi } = useViewerToken(host, joined)
  const { log, version, status } = useMessages(joined, chatApi, null, ignore)
  const latest = log.messages.slice(-style.messages)
  const isFresh = useFresh(latest, style.seconds, status === 'ready', version)
  if (!stream.isChatEnabled) return null
  return (
    <>
      {latest.filter(isFresh).map(({ id, text, from }) => {
        const role = roleOf(from.identity, stream.chat.moderatorIds)
        const color = `hsl(${hueOf(from.name)} 85% ${style.text === 'light' ? 75 : 30}%)`
        return (
          <p key={id} class={styles.message} data-testid="overlay-message">
            {style.badges && <Badge role={role} />}
            <bdi class={styles.name} style={{ color }}>
              {from.name}
            </bdi>
            {': '}
            <bdi>{text}</bdi>
          </p>
        )
      })}
    </>
  )
}

/**
 * Return which messages are shown, if each stays for `seconds`. Zero is forever.
 *
 * The time starts when this page receives a message, so a wrong clock changes nothing. Messages from before the page
 * opened aren't shown.
 */
function useFresh(
  messages: readonly Message[],
  seconds: number,
  isReady: boolean,
  version: number,
): (message: Message) => boolean {
  const ends = useRef(new Map<string, number>())
  const hasOpened = useRef(false)
  const [, render] = useReducer<number, void>((count) => count + 1, 0)

  useEffect(() => {
    if (seconds === 0 || !isReady) return
    const now = performance.now()
    const earlier = ends.current
    ends.current = new Map(
      messages.map(({ id }) => [
        id,
        earlier.get(id) ?? (hasOpened.current ? now + seconds * 1000 : now),
      ]),
    )
    hasOpened.current = true
    render()
  }, [seconds, isReady, version])

  const now = performance.now()
  const next = Math.min(...[...ends.current.values()].filter((end) => end > now))
  useEffect(() => {
    if (next === Infinity) return
    const timer = window.setTimeout(render, next - performance.now() + 1)
    return () => window.clearTimeout(timer)
  }, [next])
  return ({ id }) => seconds === 0 || (ends.current.get(id) ?? 0) > now
}
