import { ChatInObs } from '../../../features/keys/ChatInObs'
import { KeysPanel } from '../../../features/keys/KeysPanel'
import * as keysStrings from '../../../features/keys/strings'
import { useTitle } from '../../../lib/title'
import { Dashboard, Section } from './Dashboard'

export default function KeysRoute({ username }: { username: string }) {
  useTitle(keysStrings.keys)
  return (
    <Dashboard username={username}>
      {() => (
        <Section title={keysStrings.keys}>
          <KeysPanel />
          <ChatInObs username={username} />
        </Section>
      )}
    </Dashboard>
  )
}
