import { ChatSettings } from '../../../features/moderation/ChatSettings'
import { t } from '../../../lib/text'
import { useTitle } from '../../../lib/title'
import { Dashboard, Section } from './Dashboard'

export default function ChatRoute({ username }: { username: string }) {
  useTitle(t('chat.title'))
  return (
    <Dashboard username={username}>
      {({ data, change }) => (
        <Section title={t('chat.title')}>
          <ChatSettings
            stream={data.stream}
            onChange={(alter) => change((before) => ({ ...before, stream: alter(before.stream) }))}
          />
        </Section>
      )}
    </Dashboard>
  )
}
