import type { Channel } from '../../api/types'
import { compact } from '../../lib/format'
import { session } from '../../lib/signin'
import { useStore } from '../../lib/store'
import * as sharedStrings from '../../lib/strings'
import { Avatar } from '../../ui/Avatar'
import { Skeleton } from '../../ui/Skeleton'
import styles from './Sidebar.module.css'
import * as strings from './strings'
import { SIDEBAR_RELOAD_MS, useHome } from './useHome'

/** The followed and the recommended channels. `path` is the path of the page, to mark its channel. */
export default function Sidebar({ path }: { path: string }) {
  const { data, refusal } = useHome(SIDEBAR_RELOAD_MS)
  const { status } = useStore(session)
  return (
    <nav class={styles.sidebar} aria-label={strings.channels}>
      {!data && !refusal && <SidebarSkeleton />}
      {data && (
        <>
          {status === 'signedIn' && (
            <Channels
              title={strings.following}
              channels={data.following}
              path={path}
              emptyText={strings.followingNone}
            />
          )}
          {data.recommended.length > 0 && (
            <Channels title={strings.recommended} channels={data.recommended} path={path} />
          )}
        </>
      )}
    </nav>
  )
}

interface Props {
  title: string
  channels: Channel[]
  path: string
  emptyText?: string
}

function Channels({ title, channels, path, emptyText }: Props) {
  return (
    <section class={styles.section}>
      <h2 class={styles.heading}>{title}</h2>
      {channels.length === 0 && <p class={styles.none}>{emptyText}</p>}
      <ul>
        {channels.map(({ user, stream }) => (
          <li key={user.id}>
            <a
              href={`/${user.username}`}
              class={`${styles.channel} ${stream.isLive ? '' : styles.away}`}
              aria-current={path === `/${user.username}` ? 'page' : undefined}
              title={user.username}
            >
              <Avatar name={user.username} image={user.image} size="s" isLive={stream.isLive} />
              <span class={styles.words}>
                <span class={styles.name}>
                  {user.username}
                  {stream.isForAdults && (
                    <small class={styles.adults}>{sharedStrings.forAdults}</small>
                  )}
                </span>
                {stream.isLive && <span class={styles.title}>{stream.title}</span>}
              </span>
              {stream.isLive && (
                <span class={styles.viewers}>
                  <span aria-hidden="true">{compact(stream.viewerCount)}</span>
                  <span class="quiet-label">
                    {sharedStrings.live}, {sharedStrings.viewers(stream.viewerCount)}
                  </span>
                </span>
              )}
            </a>
          </li>
        ))}
      </ul>
    </section>
  )
}

function SidebarSkeleton() {
  return (
    <div class={styles.section}>
      {[70, 50, 60, 40].map((width) => (
        <div key={width} class={styles.channel}>
          <Skeleton width="2rem" height="2rem" shape="circle" />
          <span class={styles.words}>
            <Skeleton width={`${width}%`} />
          </span>
        </div>
      ))}
    </div>
  )
}
