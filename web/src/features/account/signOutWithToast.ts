import { signOut } from '../../lib/signin'
import { toast } from '../../ui/toast'
import * as strings from './strings'

/** End the session, and show a toast if that fails. */
export async function signOutWithToast(): Promise<void> {
  try {
    await signOut()
  } catch {
    toast(strings.signOutFailed, 'bad')
  }
}
