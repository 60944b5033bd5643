import { BlockedPeople } from '../../../features/moderation/BlockedPeople'
import { WhoCanWatch } from '../../../features/moderation/WhoCanWatch'
import { t } from '../../../lib/text'
import { useTitle } from '../../../lib/title'
import { Dashboard, Section } from './Dashboard'

export default function CommunityRoute({ username }: { username: string }) {
  useTitle(t('community.title'))
  return (
    <Dashboard username={username}>
      {({ data, change }) => (
        <Section title={t('community.title')}>
          <WhoCanWatch
            stream={data.stream}
            onChange={(alter) => change((before) => ({ ...before, stream: alter(before.stream) }))}
          />
          <BlockedPeople />
        </Section>
      )}
    </Dashboard>
  )
}
