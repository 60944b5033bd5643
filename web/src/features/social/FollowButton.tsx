import Heart from 'lucide/dist/esm/icons/heart.mjs'
import { useState } from 'preact/hooks'
import { api } from '../../lib/api'
import { Refusal } from '../../lib/refusal'
import { refresh } from '../../lib/resource'
import { expectSession, session, signInUrl } from '../../lib/signin'
import { useStore } from '../../lib/store'
import { Button, buttonClass } from '../../ui/Button'
import { Icon } from '../../ui/Icon'
import { toast } from '../../ui/toast'
import styles from './FollowButton.module.css'
import * as strings from './strings'

interface Props {
  username: string
  isFollowing: boolean
  /** Called right away, and called again with the old value if the API refuses. */
  onChange(isFollowing: boolean): void
}

/** Follows or unfollows a channel. For signed-out users, it is a link to the sign-in that leads back here. */
export function FollowButton({ username, isFollowing, onChange }: Props) {
  const { status } = useStore(session)
  const [isBusy, setBusy] = useState(false)

  if (status === 'signedOut') {
    return (
      <a
        href={signInUrl()}
        onClick={expectSession}
        class={buttonClass('primary')}
        aria-label={strings.followNamed(username)}
        data-testid="follow"
      >
        <Icon of={Heart} size={18} />
        {strings.follow}
      </a>
    )
  }

  const toggle = async () => {
    const willFollow = !isFollowing
    setBusy(true)
    onChange(willFollow)
    try {
      if (willFollow) await api.put('/api/follows/{username}', { path: { username } })
      else await api.delete('/api/follows/{username}', { path: { username } })
      refresh('home')
    } catch (error) {
      onChange(!willFollow)
      // With this code, the username dialog opens, so no toast is needed.
      if (Refusal.caught(error).code !== 'username_required') {
        toast(willFollow ? strings.followFailed(username) : strings.unfollowFailed(username), 'bad')
      }
    } finally {
      setBusy(false)
    }
  }

  return (
    <Button
      look={isFollowing ? 'plain' : 'primary'}
      icon={Heart}
      class={isFollowing ? styles.following : undefined}
      aria-pressed={isFollowing}
      aria-label={isFollowing ? strings.followingNamed(username) : strings.followNamed(username)}
      aria-disabled={isBusy || status === 'unknown'}
      onClick={() => {
        if (!isBusy && status === 'signedIn') void toggle()
      }}
      data-testid="follow"
    >
      {isFollowing ? strings.following : strings.follow}
    </Button>
  )
}
