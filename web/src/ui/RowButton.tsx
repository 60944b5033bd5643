import { useRef, useState } from 'preact/hooks'
import { Refusal } from '../lib/refusal'
import { Button } from './Button'
import { ConfirmDialog } from './ConfirmDialog'
import { faultText } from './Fault'
import { focusNear } from './focusNear'
import { toast } from './toast'

interface Props {
  label: string
  /** The label with the name of the person, for screen readers. */
  name: string
  /** A question to confirm first. */
  confirmation?: { title: string; text: string }
  /** Perform the action. It may remove the row from its list. */
  act(): Promise<void>
  /** The toast after the action. */
  done: string
}

/** A button at the end of a row for an action on the person in it. */
export function RowButton({ label, name, confirmation, act, done }: Props) {
  const row = useRef<HTMLDivElement>(null)
  const [isAsking, setAsking] = useState(false)
  const [isBusy, setBusy] = useState(false)

  const submit = async () => {
    const keepFocus = focusNear(row.current)
    setAsking(false)
    setBusy(true)
    try {
      await act()
      toast(done)
      keepFocus()
    } catch (caught) {
      toast(faultText(Refusal.caught(caught)), 'bad')
    } finally {
      setBusy(false)
    }
  }
  return (
    <div ref={row}>
      <Button
        isBusy={isBusy}
        aria-label={name}
        onClick={() => (confirmation ? setAsking(true) : void submit())}
      >
        {label}
      </Button>
      {confirmation && (
        <ConfirmDialog
          {...confirmation}
          confirm={label}
          isOpen={isAsking}
          isBusy={false}
          onConfirm={() => void submit()}
          onClose={() => setAsking(false)}
        />
      )}
    </div>
  )
}
