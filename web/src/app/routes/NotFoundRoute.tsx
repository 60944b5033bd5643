import Ghost from 'lucide/dist/esm/icons/ghost.mjs'
import { useTitle } from '../../lib/title'
import { buttonClass } from '../../ui/Button'
import { Notice } from '../../ui/Notice'
import * as strings from './strings'

/** Also what a channel that blocked its viewer looks like, word for word. */
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
