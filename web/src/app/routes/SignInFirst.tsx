import LogIn from 'lucide/dist/esm/icons/log-in.mjs'
import { config } from '../../lib/config'
import { expectSession, signInUrl } from '../../lib/signin'
import { useStore } from '../../lib/store'
import * as sharedStrings from '../../lib/strings'
import { buttonClass } from '../../ui/Button'
import { Notice } from '../../ui/Notice'

/** What signed-out users see in place of a page that needs an account. */
export function SignInFirst({ title, text }: { title: string; text: string }) {
  const { signUp = 'open' } = useStore(config)
  const note = sharedStrings.signUpNotes[signUp]
  return (
    <Notice icon={LogIn} title={title} text={note ? `${text} ${note}` : text} heading="h1">
      <a href={signInUrl()} onClick={expectSession} class={buttonClass('primary')}>
        {sharedStrings.signIn}
      </a>
    </Notice>
  )
}
