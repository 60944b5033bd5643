import type { ComponentChildren } from 'preact'
import { useLocation } from 'preact-iso'
import type { Dashboard as DashboardData } from '../../../api/types'
import { api } from '../../../lib/api'
import { type Resource, useResource } from '../../../lib/resource'
import { session } from '../../../lib/signin'
import { useStore } from '../../../lib/store'
import * as sharedStrings from '../../../lib/strings'
import { Fault } from '../../../ui/Fault'
import { Skeleton } from '../../../ui/Skeleton'
import NotFoundRoute from '../NotFoundRoute'
import { SignInFirst } from '../SignInFirst'
import styles from './Dashboard.module.css'
import * as strings from './strings'

const PAGES = [
  ['', strings.pages.stream],
  ['/keys', strings.pages.keys],
  ['/chat', strings.pages.chat],
  ['/community', strings.pages.community],
  ['/account', strings.pages.account],
] as const

/** It is the same for every username and reveals nothing about it. */
const signInFirst = <SignInFirst title={strings.signInFirst} text={strings.signInFirstText} />

interface Props {
  /** The username in the address. */
  username: string
  children(own: Resource<DashboardData> & { data: DashboardData }): ComponentChildren
}

/** The frame of a creator's own pages. Other users get a "not found" page. */
export function Dashboard({ username, children }: Props) {
  const { path } = useLocation()
  const { status } = useStore(session)
  const own = useResource('dashboard', () => api.get('/api/pages/dashboard'))
  const { data, refusal } = own

  if (!data) {
    if (status === 'signedOut') return signInFirst
    // Before the session is known, the first response may be one for a guest.
    if (refusal && status !== 'unknown' && [401, 403, 404, 409].includes(refusal.status)) {
      return <NotFoundRoute />
    }
    if (refusal && refusal.status !== 401) {
      return <Fault refusal={refusal} onRetry={() => void own.reload()} />
    }
  } else if (status === 'signedOut') {
    return signInFirst
  } else if (data.user.username !== username) {
    return <NotFoundRoute />
  }

  return (
    <div class={styles.dashboard}>
      <nav class={styles.pages} aria-label={sharedStrings.dashboard}>
        {PAGES.map(([page, name]) => {
          const href = `/u/${username}${page}`
          return (
            <a key={page} href={href} aria-current={path === href ? 'page' : undefined}>
              {name}
            </a>
          )
        })}
      </nav>
      {data ? children({ ...own, data }) : <Skeleton height="20rem" shape="block" />}
    </div>
  )
}

/** A page of the dashboard: a title and cards. */
export function Section({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <div class={styles.section}>
      <h1>{title}</h1>
      {children}
    </div>
  )
}
