import { SigningIn } from '../../../features/account/SigningIn'
import { YourData } from '../../../features/account/YourData'
import { useTitle } from '../../../lib/title'
import { Dashboard, Section } from './Dashboard'
import * as strings from './strings'

export default function AccountRoute({ username }: { username: string }) {
  useTitle(strings.pages.account)
  return (
    <Dashboard username={username}>
      {() => (
        <Section title={strings.pages.account}>
          <SigningIn />
          <YourData username={username} />
        </Section>
      )}
    </Dashboard>
  )
}
