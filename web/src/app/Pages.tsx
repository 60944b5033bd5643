/** Which address shows which page; each comes in a chunk of its own. */
import type { ComponentType } from 'preact'
import { lazy, Route, Router } from 'preact-iso'

interface OfChannel {
  username: string
}

// Its words are among those of the frame, and the sidebar has asked for its data by the time it is here.
const HomeRoute = lazy(() => import('./routes/HomeRoute'))
const ChannelRoute = ofChannel(lazy(() => import('./routes/ChannelRoute')))
const SearchRoute = lazy(() => import('./routes/SearchRoute'))
const NotFoundRoute = lazy(() => import('./routes/NotFoundRoute'))
const ChatWindowRoute = ofChannel(lazy(() => import('./routes/ChatWindowRoute')))
const DashboardPages = ofChannel(lazy(() => import('./routes/dashboard/DashboardPages')))

export function Pages() {
  return (
    <Router onRouteChange={() => window.scrollTo(0, 0)}>
      <Route path="/" component={HomeRoute} />
      <Route path="/search" component={SearchRoute} />
      <Route path="/u/:username/:page*" component={DashboardPages} />
      <Route path="/:username" component={ChannelRoute} />
      <Route path="/:username/chat" component={ChatWindowRoute} />
      <Route default component={NotFoundRoute} />
    </Router>
  )
}

/** A page of one channel: made anew for another one, so that no player or form carries over. */
function ofChannel(Page: ComponentType<OfChannel>): ComponentType<OfChannel> {
  return (props) => <Page {...props} key={props.username} username={props.username.toLowerCase()} />
}
