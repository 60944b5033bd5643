import { useState } from 'preact/hooks'
import type { Ingress } from '../../api/types'
import { Refusal } from '../../lib/refusal'
import { Button } from '../../ui/Button'
import { toast } from '../../ui/toast'
import * as strings from './encoder.strings'
import { keyFault } from './keyFault'
import { armIngress } from './useIngress'

interface Props {
  ingress: Ingress
  onChange(ingress: Ingress): void
}

/** Lets a key work that rests after the end of a broadcast: arming it again ends the rest. */
export function EndRest({ ingress, onChange }: Props) {
  const [isBusy, setBusy] = useState(false)
  const end = async () => {
    setBusy(true)
    try {
      onChange(await armIngress(ingress.armed))
    } catch (caught) {
      toast(keyFault(Refusal.caught(caught)), 'bad')
    } finally {
      setBusy(false)
    }
  }
  return (
    <Button isBusy={isBusy} onClick={() => void end()} data-testid="end-rest">
      {strings.endRest}
    </Button>
  )
}
