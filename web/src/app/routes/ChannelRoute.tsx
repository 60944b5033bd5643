import { useState } from 'preact/hooks'
import { ErrorBoundary as Suspended } from 'preact-iso'
import { FollowButton } from '../../features/social/FollowButton'
import { AboutCard } from '../../features/watch/AboutCard'
import { useMaySee } from '../../features/watch/adults'
import { StreamHeader } from '../../features/watch/StreamHeader'
import { audienceOf, useChannel } from '../../features/watch/useChannel'
import { usePlayer } from '../../features/watch/usePlayer'
import { VideoPlayer } from '../../features/watch/VideoPlayer'
import { WatchLayout } from '../../features/watch/WatchLayout'
import { WatchSkeleton } from '../../features/watch/WatchSkeleton'
import { isFirstFrameShown } from '../../lib/firstFrame'
import { useStore } from '../../lib/store'
import * as sharedStrings from '../../lib/strings'
import { useTitle } from '../../lib/title'
import { buttonClass } from '../../ui/Button'
import { Fault } from '../../ui/Fault'
import { lazy } from '../../ui/lazy'
import NotFoundRoute from './NotFoundRoute'

// Most visitors are viewers, who edit nothing.
const OwnCards = lazy(() => import('../../features/watch/OwnCards'))
const ChannelChat = lazy(() => import('./ChannelChat'))

export default function ChannelRoute({ username }: { username: string }) {
  const channel = useChannel(username)
  const [isRefused, setRefused] = useState(false)
  // A blocked viewer, an unknown username, and an invalid username get the same page.
  const isMissing = channel.refusal?.status === 404 || channel.refusal?.status === 422
  if (isRefused || (isMissing && !channel.data)) return <NotFoundRoute />
  return <Watch username={username} channel={channel} onRefused={() => setRefused(true)} />
}

interface Props {
  username: string
  channel: ReturnType<typeof useChannel>
  onRefused(): void
}

function Watch({ username, channel, onRefused }: Props) {
  const { data, refusal, reload, change } = channel
  const player = usePlayer(username, channel, onRefused, audienceOf(data))
  const isPictureThere = useStore(isFirstFrameShown)
  const mayChat = useMaySee(data?.stream)
  useTitle(data ? `${data.stream.title} · ${username}` : username)

  const follow = data && (
    <FollowButton
      username={username}
      isFollowing={data.isFollowing}
      onChange={(isFollowing) =>
        change((page) => ({
          ...page,
          isFollowing,
          user: {
            ...page.user,
            followerCount: page.user.followerCount + (isFollowing ? 1 : -1),
          },
        }))
      }
    />
  )
  const head = data ? (
    <StreamHeader channel={data} player={player} isUntitled={data.isHost}>
      {data.isHost ? (
        <a href={`/u/${username}`} class={buttonClass('plain')}>
          {sharedStrings.dashboard}
        </a>
      ) : (
        follow
      )}
    </StreamHeader>
  ) : refusal ? (
    <Fault refusal={refusal} onRetry={() => void reload()} />
  ) : (
    <WatchSkeleton />
  )
  return (
    <WatchLayout
      stage={<VideoPlayer player={player} name={username} title={data?.stream.title} hasTheater />}
      head={head}
      side={
        mayChat &&
        player.reason !== 'signedInOnly' && (
          <Suspended>
            {data && isPictureThere && (
              <ChannelChat
                host={username}
                stream={data.stream}
                joined={player.joined}
                isFollowing={data.isFollowing}
                follow={follow}
              />
            )}
          </Suspended>
        )
      }
    >
      {data && !data.isHost && <AboutCard user={data.user} />}
      <Suspended>
        {data?.isHost && (
          <OwnCards
            user={data.user}
            stream={data.stream}
            onStream={(stream) => change((page) => ({ ...page, stream }))}
            onMe={({ bio }) => change((page) => ({ ...page, user: { ...page.user, bio } }))}
          />
        )}
      </Suspended>
    </WatchLayout>
  )
}
