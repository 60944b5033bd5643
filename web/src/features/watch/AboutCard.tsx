import type { User } from '../../api/types'
import { Card } from '../../ui/Card'
import styles from './EditableText.module.css'
import * as strings from './strings'

/** The card about a host, for viewers. */
export function AboutCard({ user }: { user: User }) {
  return (
    <Card title={strings.about(user.username)}>
      <p class={`${styles.bio} ${user.bio ? '' : styles.empty}`} dir="auto" data-testid="bio">
        {user.bio || strings.noBio}
      </p>
      <p class={styles.aside}>{strings.followers(user.followerCount)}</p>
    </Card>
  )
}
