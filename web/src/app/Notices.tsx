import { useState } from 'preact/hooks'
import type { Me } from '../api/types'
import { SuspensionNotice } from '../features/account/SuspensionNotice'
import { UsernameDialog } from '../features/account/UsernameDialog'
import { isSignInNews, SignInNotice } from './SignInNotice'

/** What few users have to know or to decide about their account, on top of every page. */
export default function Notices({ news, me }: { news: string | null; me: Me | null }) {
  const [isDismissed, setDismissed] = useState(false)
  return (
    <>
      {isSignInNews(news) && !isDismissed && (
        <SignInNotice news={news} onDismiss={() => setDismissed(true)} />
      )}
      {me?.suspension && <SuspensionNotice of={me.suspension} />}
      {me && me.username === null && <UsernameDialog />}
    </>
  )
}
