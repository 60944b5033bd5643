import { BlockedPeople } from '../../../features/moderation/BlockedPeople'
import { ModerationLog } from '../../../features/moderation/ModerationLog'
import { Moderators } from '../../../features/moderation/Moderators'
import * as moderationStrings from '../../../features/moderation/strings'
import { TimedOut } from '../../../features/moderation/TimedOut'
import { WhoCanWatch } from '../../../features/moderation/WhoCanWatch'
import { useTitle } from '../../../lib/title'
import { Dashboard, Section } from './Dashboard'

export default function CommunityRoute({ username }: { username: string }) {
  useTitle(moderationStrings.community)
  return (
    <Dashboard username={username}>
      {({ data, change }) => (
        <Section title={moderationStrings.community}>
          <WhoCanWatch
            stream={data.stream}
            onChange={(alter) => change((before) => ({ ...before, stream: alter(before.stream) }))}
          />
          <Moderators />
          <TimedOut username={username} />
          <BlockedPeople />
          <ModerationLog username={username} creatorId={data.user.id} />
        </Section>
      )}
    </Dashboard>
  )
}
