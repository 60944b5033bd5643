import { BlockedPeople } from '../../../features/moderation/BlockedPeople'
import { ModerationLog } from '../../../features/moderation/ModerationLog'
import { Moderators } from '../../../features/moderation/Moderators'
import { TimedOut } from '../../../features/moderation/TimedOut'
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
          <Moderators />
          <TimedOut username={username} />
          <BlockedPeople />
          <ModerationLog username={username} mine={data.user.id} />
        </Section>
      )}
    </Dashboard>
  )
}
