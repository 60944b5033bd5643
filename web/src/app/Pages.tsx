/** Which address shows which page. All but home come in chunks of their own. */
import { Route, Router } from 'preact-iso'
import HomeRoute from './routes/HomeRoute'
import { withWords } from './withWords'

const SearchRoute = withWords(() => import('./routes/SearchRoute'))
const NotFoundRoute = withWords(() => import('./routes/NotFoundRoute'))

export function Pages() {
  return (
    <Router onRouteChange={() => window.scrollTo(0, 0)}>
      <Route path="/" component={HomeRoute} />
      <Route path="/search" component={SearchRoute} />
      <Route default component={NotFoundRoute} />
    </Router>
  )
}
