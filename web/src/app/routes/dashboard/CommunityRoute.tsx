import { BlockedPeople } from '../../../features/moderation/BlockedPeople'
import { t } from '../../../lib/text'
import { useTitle } from '../../../lib/title'
import { Dashboard, Section } from './Dashboard'

export default function CommunityRoute({ username }: { username: string }) {
  useTitle(t('community.title'))
  return (
    <Dashboard username={username}>
      {() => (
        <Section title={t('community.title')}>
          <BlockedPeople />
        </Section>
      )}
    </Dashboard>
  )
}
