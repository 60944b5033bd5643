import { signOut } from '../../lib/signin'
import { t } from '../../lib/text'
import { toast } from '../../ui/toast'

/** Ends the session, or says that it could not be ended. */
export async function leave(): Promise<void> {
  try {
    await signOut()
  } catch {
    toast(t('account.signOutFailed'), 'bad')
  }
}
