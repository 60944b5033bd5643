/** Maps addresses to the pages of a creator's dashboard. */
import type { ComponentType } from 'preact'
import { ErrorBoundary as Suspended } from 'preact-iso'
import { lazy } from '../../../ui/lazy'
import NotFoundRoute from '../NotFoundRoute'

const PAGES: Readonly<Record<string, ComponentType<{ username: string }>>> = {
  '': lazy(() => import('./StreamRoute')),
  keys: lazy(() => import('./KeysRoute')),
  chat: lazy(() => import('./ChatRoute')),
  community: lazy(() => import('./CommunityRoute')),
  account: lazy(() => import('./AccountRoute')),
}

/** `page` is the part of the address after the username. */
export default function DashboardPages({
  username,
  page = '',
}: {
  username: string
  page?: string
}) {
  const Page = Object.hasOwn(PAGES, page) ? PAGES[page] : undefined
  return <Suspended>{Page ? <Page key={page} username={username} /> : <NotFoundRoute />}</Suspended>
}
