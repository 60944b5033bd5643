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
  /** Told at once, and told back where the API refuses. */
  onChange(isFollowing: boolean): void
}

/** Follows and unfollows; takes somebody who is signed out to the sign-in and back. */
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
    const wanted = !isFollowing
    setBusy(true)
    onChange(wanted)
    try {
      if (wanted) await api.put('/api/follows/{username}', { path: { username } })
      else await api.delete('/api/follows/{username}', { path: { username } })
      refresh('home')
    } catch (error) {
      onChange(!wanted)
      // The username dialog is open then and says all there is to say.
      if (Refusal.caught(error).code !== 'username_required') {
        toast(wanted ? strings.followFailed(username) : strings.unfollowFailed(username), 'bad')
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
