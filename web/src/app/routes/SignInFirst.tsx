import LogIn from 'lucide/dist/esm/icons/log-in.mjs'
import { expectSession, signInUrl } from '../../lib/signin'
import * as sharedStrings from '../../lib/strings'
import { buttonClass } from '../../ui/Button'
import { Notice } from '../../ui/Notice'

/** What signed-out users see in place of a page that needs an account. */
export function SignInFirst({ title, text }: { title: string; text: string }) {
  return (
    <Notice icon={LogIn} title={title} text={text} heading="h1">
      <a href={signInUrl()} onClick={expectSession} class={buttonClass('primary')}>
        {sharedStrings.signIn}
      </a>
    </Notice>
  )
}
