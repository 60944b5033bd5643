import { useState } from 'preact/hooks'
import { api } from '../../lib/api'
import { Refusal } from '../../lib/refusal'
import { Button } from '../../ui/Button'
import { ConfirmDialog } from '../../ui/ConfirmDialog'
import { faultText } from '../../ui/Fault'
import { toast } from '../../ui/toast'
import * as strings from './broadcast.strings'

interface Props {
  /** The encoder is connected. Ending the broadcast disconnects it. */
  isSending: boolean
  onEnded(): void
}

/** Ends the broadcast immediately. If the encoder is gone, viewers don't wait for the drop grace to end. */
export function EndBroadcast({ isSending, onEnded }: Props) {
  const [isBusy, setBusy] = useState(false)
  const [isAsking, setAsking] = useState(false)
  const end = async () => {
    setBusy(true)
    try {
      await api.post('/api/stream/end')
      onEnded()
    } catch (caught) {
      toast(faultText(Refusal.caught(caught)), 'bad')
    } finally {
      setAsking(false)
      setBusy(false)
    }
  }
  return (
    <>
      <Button
        look="danger"
        isBusy={isBusy}
        onClick={() => (isSending ? setAsking(true) : void end())}
        data-testid="end-stream"
      >
        {strings.endStream}
      </Button>
      <ConfirmDialog
        title={strings.endStreamTitle}
        text={strings.endStreamText}
        confirm={strings.endStream}
        isOpen={isAsking}
        isBusy={isBusy}
        onConfirm={() => void end()}
        onClose={() => setAsking(false)}
      />
    </>
  )
}
