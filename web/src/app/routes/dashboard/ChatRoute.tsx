import { ChatSettings } from '../../../features/moderation/ChatSettings'
import * as moderationStrings from '../../../features/moderation/strings'
import { useTitle } from '../../../lib/title'
import { Dashboard, Section } from './Dashboard'

export default function ChatRoute({ username }: { username: string }) {
  useTitle(moderationStrings.chat)
  return (
    <Dashboard username={username}>
      {({ data, change }) => (
        <Section title={moderationStrings.chat}>
          <ChatSettings
            stream={data.stream}
            onChange={(alter) => change((before) => ({ ...before, stream: alter(before.stream) }))}
          />
        </Section>
      )}
    </Dashboard>
  )
}
