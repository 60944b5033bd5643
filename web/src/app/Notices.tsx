import { useState } from 'preact/hooks'
import type { Me } from '../api/types'
import { SuspensionNotice } from '../features/account/SuspensionNotice'
import { UsernameDialog } from '../features/account/UsernameDialog'
import { WarningNotice } from '../features/account/WarningNotice'
import { siteNotice } from '../lib/siteNotice'
import { useStore } from '../lib/store'
import { ReportDialog } from '../ui/ReportDialog'
import { reported } from '../ui/report'
import { isSignInNews, SignInNotice } from './SignInNotice'
import { SiteNotice } from './SiteNotice'

/** What pages seldom show: the notice of the site, news about the account, and the dialog to report something. */
export default function Notices({ news, me }: { news: string | null; me: Me | null }) {
  const [isDismissed, setDismissed] = useState(false)
  const notice = useStore(siteNotice)
  const subject = useStore(reported)
  return (
    <>
      {isSignInNews(news) && !isDismissed && (
        <SignInNotice news={news} onDismiss={() => setDismissed(true)} />
      )}
      {notice && <SiteNotice text={notice} />}
      {me?.suspension && <SuspensionNotice of={me.suspension} />}
      {me?.warning && <WarningNotice of={me.warning} />}
      {me && me.username === null && <UsernameDialog />}
      {subject && <ReportDialog reported={subject} onClose={() => reported.set(null)} />}
    </>
  )
}
