import Clapperboard from 'lucide/dist/esm/icons/clapperboard.mjs'
import { ChannelGrid, ChannelGridSkeleton, ShowMore } from '../../features/channels/ChannelGrid'
import { useHome } from '../../features/channels/useHome'
import { useTitle } from '../../lib/title'
import { Fault } from '../../ui/Fault'
import { Notice } from '../../ui/Notice'
import styles from './lists.module.css'
import * as strings from './strings'

export default function HomeRoute() {
  useTitle(null)
  const { data, refusal, reload, more } = useHome()
  if (!data) {
    return refusal ? (
      <Fault refusal={refusal} onRetry={() => void reload()} />
    ) : (
      <div class={styles.page}>
        <h1>{strings.browse}</h1>
        <ChannelGridSkeleton />
      </div>
    )
  }
  if (data.streams.length === 0) {
    return (
      <Notice
        icon={Clapperboard}
        title={strings.noChannels}
        text={strings.noChannelsText}
        heading="h1"
      />
    )
  }
  const live = data.streams.filter(({ stream }) => stream.isLive)
  const others = data.streams.filter(({ stream }) => !stream.isLive)
  return (
    <div class={styles.page}>
      <h1 class="quiet-label">{strings.browse}</h1>
      {live.length > 0 && (
        <section class={styles.section} aria-labelledby="live">
          <h2 id="live">{strings.liveNow}</h2>
          <ChannelGrid channels={live} />
        </section>
      )}
      {others.length > 0 && (
        <section class={styles.section} aria-labelledby="rest">
          <h2 id="rest">{strings.moreChannels}</h2>
          <ChannelGrid channels={others} />
        </section>
      )}
      {data.next && <ShowMore load={more} />}
    </div>
  )
}
