import Search from 'lucide/dist/esm/icons/search.mjs'
import SearchX from 'lucide/dist/esm/icons/search-x.mjs'
import { useLocation } from 'preact-iso'
import { ChannelGrid, ChannelGridSkeleton, ShowMore } from '../../features/channels/ChannelGrid'
import { useSearch } from '../../features/channels/useSearch'
import { useTitle } from '../../lib/title'
import { Fault } from '../../ui/Fault'
import { Notice } from '../../ui/Notice'
import styles from './lists.module.css'
import * as strings from './search.strings'

export default function SearchRoute() {
  const { query } = useLocation()
  const term = (query.term ?? '').trim()
  useTitle(term || strings.search)
  const { data, refusal, reload, more } = useSearch(term)

  if (!term) {
    return (
      <Notice
        icon={Search}
        title={strings.searchPrompt}
        text={strings.searchPromptText}
        heading="h1"
      />
    )
  }
  // The API responds with 422 if the term contains no letters or digits.
  if (data?.results.length === 0 || refusal?.status === 422) {
    return (
      <Notice
        icon={SearchX}
        title={strings.searchEmpty(term)}
        text={strings.searchEmptyText}
        heading="h1"
      />
    )
  }
  if (!data && refusal) return <Fault refusal={refusal} onRetry={() => void reload()} />
  return (
    <div class={styles.page}>
      <h1>{strings.searchResults(term)}</h1>
      {/* The headings of the cards are h3, as on the home page. */}
      <h2 class="quiet-label">{strings.channels}</h2>
      {data ? <ChannelGrid channels={data.results} /> : <ChannelGridSkeleton />}
      {data?.next && <ShowMore load={more} />}
    </div>
  )
}
