import Ghost from 'lucide/dist/esm/icons/ghost.mjs'
import { t } from '../../lib/text'
import { useTitle } from '../../lib/title'
import { buttonClass } from '../../ui/Button'
import { Notice } from '../../ui/Notice'

/** Also what a channel that blocked its viewer looks like, word for word. */
export default function NotFoundRoute() {
  useTitle(t('app.notFound'))
  return (
    <Notice icon={Ghost} title={t('app.notFound')} text={t('app.notFoundText')} heading="h1">
      <a href="/" class={buttonClass('primary')}>
        {t('app.toHome')}
      </a>
    </Notice>
  )
}
