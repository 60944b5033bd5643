import Ghost from 'lucide/dist/esm/icons/ghost.mjs'
import { useTitle } from '../../lib/title'
import { buttonClass } from '../../ui/Button'
import { Notice } from '../../ui/Notice'
import * as strings from './strings'

/** Blocked viewers get this page too, so that it doesn't reveal the block. */
export default function NotFoundRoute() {
  useTitle(strings.notFound)
  return (
    <Notice icon={Ghost} title={strings.notFound} text={strings.notFoundText} heading="h1">
      <a href="/" class={buttonClass('primary')}>
        {strings.toHome}
      </a>
    </Notice>
  )
}
