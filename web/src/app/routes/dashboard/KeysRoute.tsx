import { KeysPanel } from '../../../features/keys/KeysPanel'
import { t } from '../../../lib/text'
import { useTitle } from '../../../lib/title'
import { Dashboard, Section } from './Dashboard'

export default function KeysRoute({ username }: { username: string }) {
  useTitle(t('keys.title'))
  return (
    <Dashboard username={username}>
      {() => (
        <Section title={t('keys.title')}>
          <KeysPanel />
        </Section>
      )}
    </Dashboard>
  )
}
