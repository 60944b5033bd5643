import { signOut } from '../../lib/signin'
import { toast } from '../../ui/toast'
import * as strings from './strings'

/** Ends the session, or says that it could not be ended. */
export async function leave(): Promise<void> {
  try {
    await signOut()
  } catch {
    toast(strings.signOutFailed, 'bad')
  }
}
