import { signOut } from '../../lib/signin'
import { toast } from '../../ui/toast'
import * as strings from './strings'

/** End the session, and show a toast if that fails. */
export async function signOutWithToast(everywhere?: boolean): Promise<void> {
  try {
    await signOut(everywhere)
  } catch {
    toast(strings.signOutFailed, 'bad')
  }
}
