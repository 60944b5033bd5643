import { useState } from 'preact/hooks'
import { LocationProvider, useLocation } from 'preact-iso'
import { NotYetNamed } from '../features/account/NotYetNamed'
import { Sidebar } from '../features/channels/Sidebar'
import { t } from '../lib/text'
import { Toasts } from '../ui/toast'
import styles from './App.module.css'
import { ErrorBoundary } from './ErrorBoundary'
import { Header } from './Header'
import { Pages } from './Pages'
import { SignInNotice } from './SignInNotice'
import type { SignInNews } from './signInNews'

/** Links into the API, as the one to sign in, are for the browser and not for the router. */
const OURS = /^\/(?!api\/)/

export function App({ news }: { news: SignInNews | null }) {
  return (
    <LocationProvider scope={OURS}>
      <Frame news={news} />
      <NotYetNamed />
      <Toasts />
    </LocationProvider>
  )
}

function Frame({ news }: { news: SignInNews | null }) {
  const { path } = useLocation()
  const [told, setTold] = useState(news)
  return (
    <>
      <a class={styles.skip} href="#content">
        {t('app.skip')}
      </a>
      <Header />
      <div class={styles.columns}>
        <Sidebar path={path} />
        <main id="content" class={styles.main} tabIndex={-1}>
          {told && <SignInNotice news={told} onDismiss={() => setTold(null)} />}
          <ErrorBoundary path={path}>
            <Pages />
          </ErrorBoundary>
        </main>
      </div>
    </>
  )
}
