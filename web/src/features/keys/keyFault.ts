import type { Refusal } from '../../lib/refusal'
import { t } from '../../lib/text'
import { timeOfDay } from '../../lib/time'
import { faultText } from '../../ui/Fault'

/** What a refusal to change the key means, in words; of one that came too often, when the next may come. */
export function keyFault(refusal: Refusal): string {
  const { code, retryAfterMs } = refusal
  if (code === 'reset_in_progress') return t('keys.inProgress')
  if (code === 'rate_limited' && retryAfterMs) {
    return retryAfterMs < 60_000
      ? t('keys.tooFast', { count: Math.ceil(retryAfterMs / 1000) })
      : t('keys.tooOften', { time: timeOfDay(new Date(Date.now() + retryAfterMs).toISOString()) })
  }
  return faultText(refusal)
}
