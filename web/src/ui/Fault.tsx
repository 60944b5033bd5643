import CloudOff from 'lucide/dist/esm/icons/cloud-off.mjs'
import type { Refusal } from '../lib/refusal'
import { Button } from './Button'
import { Notice } from './Notice'
import * as strings from './strings'

/** Return a sentence that explains why a request failed. */
export function faultText({ code }: Refusal): string {
  switch (code) {
    case 'offline':
    case 'unavailable':
    case 'rate_limited':
    case 'suspended':
    case 'not_configured':
      return strings.faults[code]
    default:
      return strings.faults.other
  }
}

/** Replaces content that couldn't be loaded. */
export function Fault({ refusal, onRetry }: { refusal: Refusal; onRetry(): void }) {
  return (
    <Notice icon={CloudOff} title={strings.loadFailed} text={faultText(refusal)} isAlert>
      <Button onClick={onRetry}>{strings.retry}</Button>
    </Notice>
  )
}
