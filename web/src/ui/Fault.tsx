import CloudOff from 'lucide/dist/esm/icons/cloud-off.mjs'
import type { Refusal } from '../lib/refusal'
import { t } from '../lib/text'
import { Button } from './Button'
import { Notice } from './Notice'

/** What a request's failure means, in words. */
export function faultText({ code }: Refusal): string {
  switch (code) {
    case 'offline':
    case 'unavailable':
    case 'rate_limited':
    case 'not_configured':
      return t(`fault.${code}`)
    default:
      return t('fault.other')
  }
}

/** Stands where something could not be loaded. */
export function Fault({ refusal, onRetry }: { refusal: Refusal; onRetry(): void }) {
  return (
    <Notice icon={CloudOff} title={t('fault.title')} text={faultText(refusal)} isAlert>
      <Button onClick={onRetry}>{t('app.retry')}</Button>
    </Notice>
  )
}
