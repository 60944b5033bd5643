import MessageSquare from 'lucide/dist/esm/icons/message-square.mjs'
import { useEffect, useLayoutEffect, useState } from 'preact/hooks'
import { ErrorBoundary as Suspended } from 'preact-iso'
import { ChatPanel } from '../../features/chat/ChatPanel'
import * as overlayStrings from '../../features/chat/overlay.strings'
import * as chatStrings from '../../features/chat/strings'
import { useChatRoom } from '../../features/chat/useChatRoom'
import { FollowButton } from '../../features/social/FollowButton'
import { useMaySee } from '../../features/watch/adults'
import { applyRoomMetadata } from '../../features/watch/roomMetadata'
import * as watchStrings from '../../features/watch/strings'
import { audienceOf, useChannel } from '../../features/watch/useChannel'
import { useLiveStatus } from '../../features/watch/useLiveStatus'
import { account } from '../../lib/account'
import { areShortcutsOn } from '../../lib/keys'
import { expectSession, signInUrl } from '../../lib/signin'
import { useStore } from '../../lib/store'
import * as sharedStrings from '../../lib/strings'
import { useTitle } from '../../lib/title'
import { useLatest } from '../../lib/useLatest'
import { buttonClass } from '../../ui/Button'
import { Fault } from '../../ui/Fault'
import { lazy } from '../../ui/lazy'
import { Notice } from '../../ui/Notice'
import { Skeleton } from '../../ui/Skeleton'
import styles from './ChatWindowRoute.module.css'
import NotFoundRoute from './NotFoundRoute'

const AgeNotice = lazy(() => import('../../features/watch/AgeNotice'))

import ChatOverlay from '../../features/chat/ChatOverlay'
import OwnBar from '../../features/watch/OwnBar'

/** The pause before an overlay without a channel or a room starts over. */
const STUCK_MS = 30_000

/**
 * The chat without video, sound, and the rest of the site: in a separate window or a dock of OBS.
 *
 * `page`: the part of the address before the username, if there is one.
 */
export default function ChatWindowRoute({ username, page }: { username: string; page?: string }) {
  if (page === undefined) return <ChatWindow username={username} />
  return page === 'overlay' ? <Overlay username={username} /> : <NotFoundRoute />
}

/** The channel and its room. `bare` is kept on the document, for its styles. `isOpen`: the viewer's age doesn't matter. */
function useChatOnly(username: string, bare: '' | 'overlay', isOpen = false) {
  const channel = useChannel(username)
  const { data, change } = channel
  const [refused, setRefused] = useState<string | null>(null)
  const [viewers, setViewers] = useState<number | null>(null)
  const mayChat = useMaySee(data?.stream) || isOpen
  useTitle(`${chatStrings.chat} · ${username}`)
  useLayoutEffect(() => {
    document.documentElement.dataset.bare = bare
    return () => {
      delete document.documentElement.dataset.bare
    }
  }, [bare])

  const joined = useChatRoom(username, mayChat ? data?.stream.state : undefined, audienceOf(data), {
    onMetadata: (metadata) =>
      change((before) => ({ ...before, stream: applyRoomMetadata(before.stream, metadata) })),
    onRefused: setRefused,
    onViewers: setViewers,
  })
  useLiveStatus(username, channel, joined === null)
  const status = channel.refusal?.status
  const isMissing = !data && (status === 404 || status === 422)
  return { channel, refused, mayChat, joined, viewers, isMissing }
}

/** The messages alone. No one can press a button in OBS, so the page starts over if it has no channel or room. */
function Overlay({ username }: { username: string }) {
  const [attempt, setAttempt] = useState(0)
  return <OneOverlay key={attempt} username={username} onStuck={() => setAttempt(attempt + 1)} />
}

function OneOverlay({ username, onStuck }: { username: string; onStuck(): void }) {
  // A browser source of OBS is the creator's own, so it asks for no one's age.
  const isInObs = 'obsstudio' in window
  const { channel, refused, mayChat, joined, isMissing } = useChatOnly(username, 'overlay', isInObs)
  const { data, refusal } = channel
  const isStuck = refused !== null || (refusal !== undefined && !data)
  const latest = useLatest(onStuck)
  useEffect(() => {
    if (!isStuck) return
    const timer = window.setTimeout(() => latest.current(), STUCK_MS)
    return () => window.clearTimeout(timer)
  }, [isStuck, latest])

  if (!data && !isMissing) return null
  const fault = isMissing
    ? overlayStrings.noChannel(username)
    : mayChat
      ? null
      : overlayStrings.forAdults
  return (
    <Suspended>
      <ChatOverlay host={username} stream={data?.stream} joined={joined} fault={fault} />
    </Suspended>
  )
}

function ChatWindow({ username }: { username: string }) {
  const { channel, refused, mayChat, joined, viewers, isMissing } = useChatOnly(username, '')
  const { data, refusal, reload, change } = channel
  const isOn = useStore(areShortcutsOn)
  const { me } = useStore(account)

  if (refused === 'signed_in_only') {
    return (
      <div class={styles.window}>
        <Notice
          icon={MessageSquare}
          title={watchStrings.signedInOnly}
          text={watchStrings.signedInOnlyText}
        >
          <a href={signInUrl()} onClick={expectSession} class={buttonClass('primary')}>
            {sharedStrings.signIn}
          </a>
        </Notice>
      </div>
    )
  }
  if (refused || isMissing) return <NotFoundRoute />
  if (!mayChat) {
    return (
      <div class={`${styles.window} ${styles.middle}`}>
        <Suspended>
          <AgeNotice />
        </Suspended>
      </div>
    )
  }
  return (
    <div class={styles.window}>
      <Suspended>
        {data && me?.username === username && data.stream.state !== 'offline' && (
          <OwnBar stream={data.stream} viewers={viewers} onEnded={() => void reload()} />
        )}
      </Suspended>
      {data ? (
        <ChatPanel
          host={username}
          stream={data.stream}
          joined={joined}
          isFollowing={data.isFollowing}
          areShortcutsOn={isOn}
          isAlone
          follow={
            <FollowButton
              username={username}
              isFollowing={data.isFollowing}
              onChange={(isFollowing) => change((page) => ({ ...page, isFollowing }))}
            />
          }
        />
      ) : refusal ? (
        <Fault refusal={refusal} onRetry={() => void reload()} />
      ) : (
        <Skeleton height="100%" shape="block" />
      )}
    </div>
  )
}
