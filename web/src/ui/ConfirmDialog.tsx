import { Button } from './Button'
import { Actions, Dialog } from './Dialog'
import * as strings from './strings'

interface Props {
  title: string
  /** What it does to whom. */
  text: string
  /** What the button that does it says. */
  confirm: string
  isOpen: boolean
  isBusy: boolean
  onConfirm(): void
  onClose(): void
}

/** Asks once more before something that can't be taken back, or that others feel. */
export function ConfirmDialog({ title, text, confirm, isOpen, isBusy, onConfirm, onClose }: Props) {
  return (
    <Dialog title={title} isOpen={isOpen} onClose={onClose} closeLabel={strings.close}>
      <p>{text}</p>
      <Actions>
        <Button look="quiet" onClick={onClose}>
          {strings.cancel}
        </Button>
        <Button look="danger" isBusy={isBusy} onClick={onConfirm} data-testid="confirm">
          {confirm}
        </Button>
      </Actions>
    </Dialog>
  )
}
