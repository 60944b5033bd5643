import { useState } from 'preact/hooks'
import { answer, api } from '../../lib/apiClient'
import { Refusal } from '../../lib/refusal'
import { t } from '../../lib/text'
import { Button } from '../../ui/Button'
import { faultText } from '../../ui/Fault'
import { toast } from '../../ui/toast'

/** Spares the viewers of an encoder that has gone, and will not be back, the rest of the drop grace. */
export function EndBroadcast({ onEnded }: { onEnded(): void }) {
  const [isBusy, setBusy] = useState(false)
  const end = async () => {
    setBusy(true)
    try {
      await answer(api.POST('/api/stream/end'))
      onEnded()
    } catch (caught) {
      toast(faultText(Refusal.caught(caught)), 'bad')
    } finally {
      setBusy(false)
    }
  }
  return (
    <Button look="danger" isBusy={isBusy} onClick={() => void end()}>
      {t('dashboard.end')}
    </Button>
  )
}
