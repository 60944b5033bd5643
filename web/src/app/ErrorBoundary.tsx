import TriangleAlert from 'lucide/dist/esm/icons/triangle-alert.mjs'
import { Component, type ComponentChildren } from 'preact'
import { t } from '../lib/text'
import { Button } from '../ui/Button'
import { Notice } from '../ui/Notice'

interface Props {
  /** Another page is another try. */
  path: string
  children: ComponentChildren
}

/** Keeps a fault of one page, or a chunk that a new release took away, from blanking the whole site. */
export class ErrorBoundary extends Component<Props, { brokenAt: string | null }> {
  override state = { brokenAt: null as string | null }

  override componentDidCatch(error: unknown): void {
    reportError(error)
    this.setState({ brokenAt: this.props.path })
  }

  override render() {
    if (this.state.brokenAt !== this.props.path) return this.props.children
    return (
      <Notice
        icon={TriangleAlert}
        title={t('app.broken')}
        text={t('app.brokenText')}
        heading="h1"
        isAlert
      >
        <Button look="primary" onClick={() => location.reload()}>
          {t('app.reload')}
        </Button>
      </Notice>
    )
  }
}
