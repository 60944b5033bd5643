/** Which address shows which page. All but home come in chunks of their own. */
import { lazy, Route, Router } from 'preact-iso'
import HomeRoute from './routes/HomeRoute'
import NotFoundRoute from './routes/NotFoundRoute'

const SearchRoute = lazy(() => import('./routes/SearchRoute'))

export function Pages() {
  return (
    <Router onRouteChange={() => window.scrollTo(0, 0)}>
      <Route path="/" component={HomeRoute} />
      <Route path="/search" component={SearchRoute} />
      <Route default component={NotFoundRoute} />
    </Router>
  )
}
