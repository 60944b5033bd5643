import type { Channel } from '../../api/types'
import { compact } from '../../lib/format'
import { session } from '../../lib/signin'
import { readStored, writeStored } from '../../lib/storage'
import { useStore } from '../../lib/store'
import * as sharedStrings from '../../lib/strings'
import { Avatar } from '../../ui/Avatar'
import { Skeleton } from '../../ui/Skeleton'
import styles from './Sidebar.module.css'
import * as strings from './strings'
import { SIDEBAR_RELOAD_MS, useHome } from './useHome'

const KEY = 'footlight.sidebar'
const { dataset } = document.documentElement

// The page's columns follow it: App.module.css.
dataset.sidebar = readStored(KEY) ?? ''

/** Return whether the list is unfolded: as the viewer has chosen, or by the page's width, as in App.module.css. */
function isOpen(): boolean {
  const { sidebar } = dataset
  return sidebar ? sidebar === 'open' : matchMedia('(min-width: 90rem)').matches
}

/** The followed and the recommended channels. `path` is the path of the page, to mark its channel. */
export default function Sidebar({ path }: { path: string }) {
  const { data, refusal } = useHome(SIDEBAR_RELOAD_MS)
  const { status } = useStore(session)
  return (
    <nav class={styles.sidebar} aria-label={strings.channels}>
      <button
        type="button"
        aria-label={strings.channels}
        aria-expanded={isOpen()}
        onClick={(event) => {
          dataset.sidebar = isOpen() ? 'folded' : 'open'
          writeStored(KEY, dataset.sidebar)
          event.currentTarget.setAttribute('aria-expanded', String(isOpen()))
        }}
      />
      {data ? (
        <>
          {status === 'signedIn' && (
            <Channels title={strings.following} channels={data.following} path={path} />
          )}
          {data.recommended.length > 0 && (
            <Channels title={strings.recommended} channels={data.recommended} path={path} />
          )}
        </>
      ) : (
        !refusal && <SidebarSkeleton />
      )}
    </nav>
  )
}

interface Props {
  title: string
  channels: Channel[]
  path: string
}

function Channels({ title, channels, path }: Props) {
  return (
    <section class={styles.section}>
      <h2>{title}</h2>
      {channels.length === 0 && <p>{strings.followingNone}</p>}
      <ul>
        {channels.map(({ user: { id, username, image }, stream }) => (
          <li key={id}>
            <a
              href={`/${username}`}
              class={`${styles.channel} ${stream.isLive ? '' : styles.away}`}
              aria-current={path === `/${username}` ? 'page' : undefined}
              title={username}
            >
              <Avatar name={username} image={image} size="s" isLive={stream.isLive} />
              <span class={styles.words}>
                <span>
                  {username}
                  {stream.isForAdults && <small>{sharedStrings.forAdults}</small>}
                </span>
                {stream.isLive && <span>{stream.title}</span>}
              </span>
              {stream.isLive && (
                <span>
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
      {[1, 2, 3, 4].map((row) => (
        <div key={row} class={styles.channel}>
          <Skeleton width="2rem" height="2rem" shape="circle" />
          <span class={styles.words}>
            <Skeleton width="60%" />
          </span>
        </div>
      ))}
    </div>
  )
}
