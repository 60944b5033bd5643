import { useRef, useState } from 'preact/hooks'
import { Refusal } from '../../lib/refusal'
import { Button } from '../../ui/Button'
import { ConfirmDialog } from '../../ui/ConfirmDialog'
import { faultText } from '../../ui/Fault'
import { focusNear } from '../../ui/focusNear'
import { toast } from '../../ui/toast'

interface Props {
  label: string
  /** The same with whom it is about, for those who hear it alone. */
  name: string
  /** What is asked first, if anything. */
  ask?: { title: string; text: string }
  /** What it does; the row may leave its list then. */
  act(): Promise<void>
  /** What is said when it is done. */
  done: string
}

/** A button at the end of a row that does something to the one in it. */
export function RowButton({ label, name, ask, act, done }: Props) {
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
        onClick={() => (ask ? setAsking(true) : void submit())}
      >
        {label}
      </Button>
      {ask && (
        <ConfirmDialog
          {...ask}
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
