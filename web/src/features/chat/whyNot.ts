/** Why a message was not taken, in words. */
import { Refusal } from '../../lib/refusal'

import { faultText } from '../../ui/Fault'
import * as strings from './conversation.strings'
import type { Unsent } from './outbox'

const OURS = [
  'chat_disabled',
  'timed_out',
  'signed_in_only',
  'followers_only',
  'host_offline',
  'text_too_long',
] as const

/** What is wrong with the text itself stays wrong, however often it is sent. */
const OF_THE_TEXT = ['text_too_long', 'not_allowed', 'invalid_request']

export function whyNot({ code, detail }: Unsent): { text: string; isWorthRetrying: boolean } {
  const isWorthRetrying = !OF_THE_TEXT.includes(code ?? '')
  const ours = OURS.find((known) => known === code)
  if (ours) return { text: strings.rejections[ours], isWorthRetrying }
  // Which of the host's rules it breaks only the server knows.
  if (code === 'not_allowed' && detail) return { text: detail, isWorthRetrying }
  return { text: faultText(new Refusal(0, code ?? '', detail ?? '')), isWorthRetrying }
}
