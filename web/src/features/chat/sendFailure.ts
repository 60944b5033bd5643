/** Why a message was not accepted, in words. */
import { Refusal } from '../../lib/refusal'
import { faultText } from '../../ui/Fault'
import * as strings from './messages.strings'
import type { Unsent } from './outbox'

const OWN_CODES = [
  'chat_disabled',
  'timed_out',
  'signed_in_only',
  'followers_only',
  'host_offline',
  'text_too_long',
] as const

/** The text itself is rejected, so a retry would be too. */
const TEXT_CODES = ['text_too_long', 'not_allowed', 'invalid_request']

export function sendFailure({ code, detail }: Unsent): { text: string; canRetry: boolean } {
  const canRetry = !TEXT_CODES.includes(code ?? '')
  const own = OWN_CODES.find((ownCode) => ownCode === code)
  if (own) return { text: strings.rejections[own], canRetry }
  // Only the server can say which of the host's rules it breaks.
  if (code === 'not_allowed' && detail) return { text: detail, canRetry }
  return { text: faultText(new Refusal(0, code ?? '', detail ?? '')), canRetry }
}
