import { useEffect, useState } from 'preact/hooks'
import { LocationProvider, ErrorBoundary as Suspended, useLocation } from 'preact-iso'
import { account } from '../lib/account'
import { config } from '../lib/config'
import { awaitFirstFrame, isFirstFrameShown } from '../lib/firstFrame'
import { siteNotice } from '../lib/siteNotice'
import { useStore } from '../lib/store'
import { lazy } from '../ui/lazy'
import { reported } from '../ui/report'
import styles from './App.module.css'
import { ErrorBoundary } from './ErrorBoundary'
import { Header } from './Header'
import { Pages } from './Pages'
import * as strings from './strings'

/** Paths that the router handles. The browser follows links to the API, such as the one to sign in. */
const ROUTED = /^\/(?!api\/)/

export function App({ news }: { news: string | null }) {
  return (
    <LocationProvider scope={ROUTED}>
      <Frame news={news} />
    </LocationProvider>
  )
}

const Sidebar = lazy(() => import('../features/channels/Sidebar'))
const Notices = lazy(() => import('./Notices'))
const Footer = lazy(() => import('./Footer'))

function Frame({ news }: { news: string | null }) {
  const { path } = useLocation()
  const { me } = useStore(account)
  const { pages } = useStore(config)
  const notice = useStore(siteNotice)
  const isReporting = useStore(reported)
  const isPictureThere = useStore(isFirstFrameShown)
  const isFree = isPictureThere || !hasVideo(path)
  const [landedAt] = useState(path)
  // In case the page with the player never opens.
  useEffect(awaitFirstFrame, [])
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
            {(news ||
              notice ||
              isReporting ||
              (me && (me.suspension || me.warning || me.username === null))) && (
              <Notices news={path === landedAt ? news : null} me={me} />
            )}
          </Suspended>
          <ErrorBoundary path={path}>
            <Pages />
          </ErrorBoundary>
        </main>
        <Suspended>{pages && path === '/' && <Footer />}</Suspended>
      </div>
    </>
  )
}

/** Return true for a channel page, its dashboard, and its chat windows. On these, the sidebar loads after the video. */
export function hasVideo(path: string): boolean {
  return /^(\/u)?\/(?!(search|admin)$)[^/]+$|^(?!\/u\/).+\/chat$/.test(path)
}
