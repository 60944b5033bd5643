import MessageSquare from 'lucide/dist/esm/icons/message-square.mjs'
import { useLayoutEffect, useState } from 'preact/hooks'
import { ErrorBoundary as Suspended } from 'preact-iso'
import { ChatPanel } from '../../features/chat/ChatPanel'
import * as chatStrings from '../../features/chat/strings'
import { useChatRoom } from '../../features/chat/useChatRoom'
import { FollowButton } from '../../features/social/FollowButton'
import { useMaySee } from '../../features/watch/adults'
import { applyRoomMetadata } from '../../features/watch/roomMetadata'
import * as watchStrings from '../../features/watch/strings'
import { audienceOf, useChannel } from '../../features/watch/useChannel'
import { useLiveStatus } from '../../features/watch/useLiveStatus'
import { areShortcutsOn } from '../../lib/keys'
import { expectSession, signInUrl } from '../../lib/signin'
import { useStore } from '../../lib/store'
import * as sharedStrings from '../../lib/strings'
import { useTitle } from '../../lib/title'
import { buttonClass } from '../../ui/Button'
import { Fault } from '../../ui/Fault'
import { lazy } from '../../ui/lazy'
import { Notice } from '../../ui/Notice'
import { Skeleton } from '../../ui/Skeleton'
import styles from './ChatWindowRoute.module.css'
import NotFoundRoute from './NotFoundRoute'

const AgeNotice = lazy(() => import('../../features/watch/AgeNotice'))

/** The chat in a separate window, without video, sound, and the rest of the site. */
export default function ChatWindowRoute({ username }: { username: string }) {
  const channel = useChannel(username)
  const { data, refusal, reload, change } = channel
  const [refused, setRefused] = useState<string | null>(null)
  const isOn = useStore(areShortcutsOn)
  const mayChat = useMaySee(data?.stream)
  useTitle(`${chatStrings.chat} · ${username}`)
  useLayoutEffect(() => {
    document.documentElement.dataset.bare = ''
    return () => {
      delete document.documentElement.dataset.bare
    }
  }, [])

  const joined = useChatRoom(username, mayChat ? data?.stream.state : undefined, audienceOf(data), {
    onMetadata: (metadata) =>
      change((before) => ({ ...before, stream: applyRoomMetadata(before.stream, metadata) })),
    onRefused: setRefused,
  })
  useLiveStatus(username, channel, joined === null)

  const isMissing = refusal?.status === 404 || refusal?.status === 422
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
  if (refused || (isMissing && !data)) return <NotFoundRoute />
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
