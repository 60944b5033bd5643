import Clapperboard from 'lucide/dist/esm/icons/clapperboard.mjs'
import { ChannelGrid, ChannelGridSkeleton, ShowMore } from '../../features/channels/ChannelGrid'
import { useHome } from '../../features/channels/useHome'
import { t } from '../../lib/text'
import { useTitle } from '../../lib/title'
import { Fault } from '../../ui/Fault'
import { Notice } from '../../ui/Notice'
import styles from './lists.module.css'

export default function HomeRoute() {
  useTitle(null)
  const { data, refusal, reload, more } = useHome()
  if (!data) {
    return refusal ? (
      <Fault refusal={refusal} onRetry={() => void reload()} />
    ) : (
      <div class={styles.page}>
        <h1>{t('channels.title')}</h1>
        <ChannelGridSkeleton />
      </div>
    )
  }
  if (data.streams.length === 0) {
    return (
      <Notice
        icon={Clapperboard}
        title={t('channels.empty')}
        text={t('channels.emptyText')}
        heading="h1"
      />
    )
  }
  const live = data.streams.filter(({ stream }) => stream.isLive)
  const rest = data.streams.filter(({ stream }) => !stream.isLive)
  return (
    <div class={styles.page}>
      <h1 class="quiet-label">{t('channels.title')}</h1>
      {live.length > 0 && (
        <section class={styles.section} aria-labelledby="live">
          <h2 id="live">{t('channels.titleLive')}</h2>
          <ChannelGrid channels={live} />
        </section>
      )}
      {rest.length > 0 && (
        <section class={styles.section} aria-labelledby="rest">
          <h2 id="rest">{t('channels.titleRest')}</h2>
          <ChannelGrid channels={rest} />
        </section>
      )}
      {data.next && <ShowMore load={more} />}
    </div>
  )
}
