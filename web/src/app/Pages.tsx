/** Maps addresses to pages. Each page is a chunk. */
import type { ComponentType } from 'preact'
import { Route, Router } from 'preact-iso'
import { lazy } from '../ui/lazy'

interface OfChannel {
  username: string
}

const HomeRoute = lazy(() => import('./routes/HomeRoute'))
const ChannelRoute = ofChannel(lazy(() => import('./routes/ChannelRoute')))
const SearchRoute = lazy(() => import('./routes/SearchRoute'))
const AdminRoute = lazy(() => import('./routes/AdminRoute'))
const NotFoundRoute = lazy(() => import('./routes/NotFoundRoute'))
const ChatWindowRoute = ofChannel(lazy(() => import('./routes/ChatWindowRoute')))
const DashboardPages = ofChannel(lazy(() => import('./routes/dashboard/DashboardPages')))

export function Pages() {
  return (
    <Router onRouteChange={() => window.scrollTo(0, 0)}>
      <Route path="/" component={HomeRoute} />
      <Route path="/search" component={SearchRoute} />
      <Route path="/admin" component={AdminRoute} />
      <Route path="/u/:username/:page*" component={DashboardPages} />
      <Route path="/:username" component={ChannelRoute} />
      <Route path="/:username/chat" component={ChatWindowRoute} />
      <Route path="/:page/:username/chat" component={ChatWindowRoute} />
      <Route default component={NotFoundRoute} />
    </Router>
  )
}

/** Remount a page when the channel changes, so that no player or form carries over. */
function ofChannel(Page: ComponentType<OfChannel>): ComponentType<OfChannel> {
  return (props) => <Page {...props} key={props.username} username={props.username.toLowerCase()} />
}
