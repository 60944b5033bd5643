import type { Refusal } from '../../lib/refusal'
import { timeOfDay } from '../../lib/time'
import { faultText } from '../../ui/Fault'
import * as capStrings from './caps.strings'
import * as strings from './strings'

/** Return a sentence that explains why the key wasn't changed. For a rate limit, it says when to try again. */
export function keyFault(refusal: Refusal): string {
  const { code, retryAfterMs } = refusal
  if (code === 'not_approved') return strings.notApproved
  if (code === 'cap_reached') return capStrings.refused
  if (code === 'reset_in_progress') return strings.resetInProgress
  if (code === 'rate_limited' && retryAfterMs) {
    return retryAfterMs < 60_000
      ? strings.tooFast(Math.ceil(retryAfterMs / 1000))
      : strings.tooOften(timeOfDay(new Date(Date.now() + retryAfterMs).toISOString()))
  }
  return faultText(refusal)
}
