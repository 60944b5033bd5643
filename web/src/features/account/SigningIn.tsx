import { config } from '../../lib/config'
import { signInUrl } from '../../lib/signin'
import { useStore } from '../../lib/store'
import { Actions } from '../../ui/Actions'
import { Button, buttonClass } from '../../ui/Button'
import { Card } from '../../ui/Card'
import * as strings from './signingIn.strings'
import { signOutWithToast } from './signOutWithToast'

/** How a user signs in and out. */
export function SigningIn() {
  const { hasPasskeys } = useStore(config)
  return (
    <Card title={strings.signingIn}>
      {hasPasskeys && <p>{strings.passkeyText}</p>}
      <p>{strings.everywhereText}</p>
      <Actions>
        {hasPasskeys && (
          // The identity provider adds passkeys only shortly after a sign-in.
          <a href={signInUrl('/api/session/passkey')} class={buttonClass('primary')}>
            {strings.addPasskey}
          </a>
        )}
        <Button onClick={() => void signOutWithToast()}>{strings.signOut}</Button>
        <Button onClick={() => void signOutWithToast(true)}>{strings.signOutEverywhere}</Button>
      </Actions>
    </Card>
  )
}
