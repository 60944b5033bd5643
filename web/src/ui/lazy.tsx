import type { ComponentType } from 'preact'
import { useState } from 'preact/hooks'
import { lazy as suspend } from 'preact-iso'
import { isFirstFrameShown } from '../lib/firstFrame'
import { load } from '../lib/load'
import { Button } from './Button'
import { Notice } from './Notice'
import * as strings from './strings'

/**
 * Return a part of a page whose code is loaded when the part is first shown.
 *
 * If the code can't be loaded, a message with a button to retry takes the part's place.
 */
export function lazy<Props extends object>(
  importPart: () => Promise<{ default: ComponentType<Props> }>,
): ComponentType<Props> {
  let Part: ComponentType<Props> | undefined
  let hasRetried = false
  const start = async () => {
    Part = (await load(importPart)).default
  }

  function Failed(props: Props) {
    const [isBusy, setBusy] = useState(false)
    const retry = async () => {
      setBusy(true)
      await start().catch(() => {
        // An older browser remembers the failure until a reload. Without a network, a reload would lose the page.
        if (hasRetried && navigator.onLine) location.reload()
        hasRetried = true
      })
      setBusy(false)
    }
    if (Part) return <Part {...props} />
    return (
      <Notice title={strings.loadFailed} isAlert>
        <Button isBusy={isBusy} onClick={() => void retry()}>
          {strings.retry}
        </Button>
      </Notice>
    )
  }

  return suspend(async () => {
    await start().catch(() => {
      // No first frame will come if this part is the player's page.
      isFirstFrameShown.set(true)
    })
    return Part ?? (Failed as ComponentType<Props>)
  })
}
