import { useEffect } from 'preact/hooks'
import { ErrorBoundary as Suspended } from 'preact-iso'
import type { Dashboard as DashboardData } from '../../../api/types'
import { PastStreams } from '../../../features/broadcasts/PastStreams'
import { EncoderStatus } from '../../../features/keys/EncoderStatus'
import * as encoderStrings from '../../../features/keys/encoder.strings'
import { useVideoFault } from '../../../features/keys/keyFrames'
import { NotApproved } from '../../../features/keys/NotApproved'
import * as keysStrings from '../../../features/keys/strings'
import { useIngress } from '../../../features/keys/useIngress'
import { CatchUp } from '../../../features/watch/CatchUp'
import { EndBroadcast } from '../../../features/watch/EndBroadcast'
import OwnCards from '../../../features/watch/OwnCards'
import { StreamFacts } from '../../../features/watch/StreamFacts'
import { StreamHeader } from '../../../features/watch/StreamHeader'
import { usePlayer } from '../../../features/watch/usePlayer'
import { VideoPlayer } from '../../../features/watch/VideoPlayer'
import { WatchLayout } from '../../../features/watch/WatchLayout'
import { isFirstFrameShown } from '../../../lib/firstFrame'
import { type Resource, refresh } from '../../../lib/resource'
import { useStore } from '../../../lib/store'
import * as sharedStrings from '../../../lib/strings'
import { useTitle } from '../../../lib/title'
import { buttonClass } from '../../../ui/Button'
import { lazy } from '../../../ui/lazy'
import { Dashboard } from './Dashboard'
import * as strings from './strings'

const ChannelChat = lazy(() => import('../ChannelChat'))

const INGRESS_EVERY_MS = 5_000

export default function StreamRoute({ username }: { username: string }) {
  useTitle(sharedStrings.dashboard)
  return <Dashboard username={username}>{(own) => <OwnStream own={own} />}</Dashboard>
}

function OwnStream({ own }: { own: Resource<DashboardData> & { data: DashboardData } }) {
  const { data, reload, change } = own
  const { username } = data.user
  const announced = data.stream.state
  const player = usePlayer(username, own, () => {}, 0, true)
  const { data: ingress, refusal, change: changeIngress } = useIngress(INGRESS_EVERY_MS)
  const videoFault = useVideoFault(player.joined)
  const isEncoding = ingress?.encoder.status === 'publishing'
  // Reload as soon as the encoder is seen, before the next scheduled reload.
  useEffect(() => {
    if (isEncoding) void reload()
  }, [isEncoding, reload])
  useEffect(() => {
    if (announced === 'offline') refresh('sessions')
  }, [announced])
  const isPictureThere = useStore(isFirstFrameShown)
  const isSending = player.view === 'live' || announced === 'live'

  return (
    <WatchLayout
      stage={<VideoPlayer player={player} name={username} />}
      head={
        <>
          <StreamHeader channel={data} player={player} isUntitled>
            {(isSending || announced === 'reconnecting' || player.view === 'reconnecting') && (
              <EndBroadcast isSending={isSending} onEnded={() => void reload()} />
            )}
            <a href={`/${username}`} class={buttonClass('plain')}>
              {strings.viewChannel}
            </a>
          </StreamHeader>
          {refusal?.code === 'not_approved' ? (
            <NotApproved />
          ) : ingress === null ? (
            <a href={`/u/${username}/keys`} class={buttonClass('primary')}>
              {keysStrings.createKey}
            </a>
          ) : (
            ingress && (
              <EncoderStatus
                ingress={ingress}
                isPictureStopped={player.reason === 'pictureStopped'}
                videoFault={videoFault}
                isOnAir={announced !== 'offline'}
                onChange={(changed) => changeIngress(() => changed)}
              >
                <a href={`/u/${username}/keys`}>{encoderStrings.turnOn}</a>
              </EncoderStatus>
            )
          )}
        </>
      }
      side={
        <Suspended>
          {isPictureThere && (
            <ChannelChat host={username} stream={data.stream} joined={player.joined} isFollowing />
          )}
        </Suspended>
      }
    >
      <CatchUp joined={player.joined} />
      <StreamFacts stream={data.stream} player={player} encoder={ingress?.encoder} />
      <OwnCards
        user={data.user}
        stream={data.stream}
        onStream={(stream) => change((before) => ({ ...before, stream }))}
        onMe={({ bio }) => change((before) => ({ ...before, user: { ...before.user, bio } }))}
      />
      <PastStreams />
    </WatchLayout>
  )
}
