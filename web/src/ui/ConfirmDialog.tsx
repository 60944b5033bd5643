import { Actions } from './Actions'
import { Button } from './Button'
import { Dialog } from './Dialog'
import * as strings from './strings'

interface Props {
  title: string
  /** The consequences. */
  text: string
  /** The label of the button that confirms. */
  confirm: string
  isOpen: boolean
  isBusy: boolean
  onConfirm(): void
  onClose(): void
}

/** Asks for confirmation before an action that can't be undone or that affects others. */
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
