import { useLocation } from 'preact-iso'
import { FindPeople } from '../../../features/operators/FindPeople'
import { OpenReports } from '../../../features/operators/OpenReports'
import { OperatorLog } from '../../../features/operators/OperatorLog'
import { SiteNoticeForm } from '../../../features/operators/SiteNoticeForm'
import { SiteUsage } from '../../../features/operators/SiteUsage'
import { useOperatorLog } from '../../../features/operators/useOperatorLog'
import { session } from '../../../lib/signin'
import { useStore } from '../../../lib/store'
import * as sharedStrings from '../../../lib/strings'
import { useTitle } from '../../../lib/title'
import { Fault } from '../../../ui/Fault'
import { Skeleton } from '../../../ui/Skeleton'
import NotFoundRoute from '../NotFoundRoute'
import { SignInFirst } from '../SignInFirst'
import styles from './AdminPage.module.css'
import * as strings from './strings'

/** What operators do. People who are no operators get a "not found" page. */
export default function AdminPage() {
  const { status } = useStore(session)
  const { query, route } = useLocation()
  const log = useOperatorLog(status !== 'signedIn')
  const { data, refusal } = log
  useTitle(sharedStrings.admin)

  if (status === 'signedOut') {
    return <SignInFirst title={strings.signInFirst} text={strings.signInFirstText} />
  }
  // 409: they have not chosen a username.
  if (refusal && [403, 409].includes(refusal.status)) return <NotFoundRoute />
  if (!data && refusal && refusal.status !== 401) {
    return <Fault refusal={refusal} onRetry={() => void log.reload()} />
  }
  return (
    <div class={styles.page}>
      <h1>{sharedStrings.admin}</h1>
      {data ? (
        <>
          <SiteUsage />
          <OpenReports />
          <FindPeople
            term={(query.term ?? '').trim()}
            onFind={(term) => route(term ? `/admin?term=${encodeURIComponent(term)}` : '/admin')}
          />
          <SiteNoticeForm />
          <OperatorLog log={log} />
        </>
      ) : (
        <Skeleton height="20rem" shape="block" />
      )}
    </div>
  )
}
