import Search from 'lucide/dist/esm/icons/search.mjs'
import SearchX from 'lucide/dist/esm/icons/search-x.mjs'
import { useLocation } from 'preact-iso'
import { ChannelGrid, ChannelGridSkeleton, ShowMore } from '../../features/channels/ChannelGrid'
import { useSearch } from '../../features/channels/useSearch'
import { t } from '../../lib/text'
import { useTitle } from '../../lib/title'
import { Fault } from '../../ui/Fault'
import { Notice } from '../../ui/Notice'
import styles from './lists.module.css'

export default function SearchRoute() {
  const { query } = useLocation()
  const term = (query.term ?? '').trim()
  useTitle(term || t('search.title'))
  const { data, refusal, reload, more } = useSearch(term)

  if (!term) {
    return (
      <Notice icon={Search} title={t('search.prompt')} text={t('search.promptText')} heading="h1" />
    )
  }
  // Nothing can be found by signs alone, and the API says so.
  if (data?.results.length === 0 || refusal?.status === 422) {
    return (
      <Notice
        icon={SearchX}
        title={t('search.empty', { term })}
        text={t('search.emptyText')}
        heading="h1"
      />
    )
  }
  if (!data && refusal) return <Fault refusal={refusal} onRetry={() => void reload()} />
  return (
    <div class={styles.page}>
      <h1>{t('search.resultsFor', { term })}</h1>
      {/* The cards' own headings are of the third rank, as on the home page. */}
      <h2 class="quiet-label">{t('channels.sidebar')}</h2>
      {data ? <ChannelGrid channels={data.results} /> : <ChannelGridSkeleton />}
      {data?.next && <ShowMore load={more} />}
    </div>
  )
}
