import { useState } from 'preact/hooks'
import { LocationProvider, lazy, ErrorBoundary as Suspended, useLocation } from 'preact-iso'
import { account } from '../lib/account'
import { firstPicture } from '../lib/firstPicture'
import { useStore } from '../lib/store'
import styles from './App.module.css'
import { ErrorBoundary } from './ErrorBoundary'
import { Header } from './Header'
import { Pages } from './Pages'
import type { SignInNews } from './signInNews'
import * as strings from './strings'

/** Links into the API, as the one to sign in, are for the browser and not for the router. */
const OURS = /^\/(?!api\/)/

export function App({ news }: { news: SignInNews | null }) {
  return (
    <LocationProvider scope={OURS}>
      <Frame news={news} />
      <Suspended>
        <Naming />
      </Suspended>
    </LocationProvider>
  )
}

const Sidebar = lazy(() => import('../features/channels/Sidebar'))
const SignInNotice = lazy(() => import('./SignInNotice'))
const UsernameDialog = lazy(() => import('../features/account/UsernameDialog'))

function Naming() {
  const { me } = useStore(account)
  return me && me.username === null ? <UsernameDialog /> : null
}

function Frame({ news }: { news: SignInNews | null }) {
  const { path } = useLocation()
  const isPictureThere = useStore(firstPicture)
  const isFree = isPictureThere || !hasVideo(path)
  const [told, setTold] = useState(news)
  const [landedAt] = useState(path)
  return (
    <>
      <a class={styles.skip} href="#content">
        {strings.skipToContent}
      </a>
      <Header />
      <div class={styles.columns}>
        <div class={styles.side}>
          <Suspended>{isFree && <Sidebar path={path} />}</Suspended>
        </div>
        <main id="content" class={styles.main} tabIndex={-1}>
          <Suspended>
            {told && path === landedAt && (
              <SignInNotice news={told} onDismiss={() => setTold(null)} />
            )}
          </Suspended>
          <ErrorBoundary path={path}>
            <Pages />
          </ErrorBoundary>
        </main>
      </div>
    </>
  )
}

/** A channel, its creator's view of it, or its chat in a window: that waits for no picture, and for no sidebar. */
function hasVideo(path: string): boolean {
  return path !== '/search' && /^(\/u)?\/[^/]+$|^\/(?!u\/)[^/]+\/chat$/.test(path)
}
