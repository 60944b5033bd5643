import { ErrorBoundary as Suspended } from 'preact-iso'
import { lazy } from '../../ui/lazy'

const AdminPage = lazy(() => import('./admin/AdminPage'))

/** Few people need the page, so the site's first chunk doesn't list its parts. */
export default function AdminRoute() {
  return (
    <Suspended>
      <AdminPage />
    </Suspended>
  )
}
