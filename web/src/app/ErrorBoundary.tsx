import TriangleAlert from 'lucide/dist/esm/icons/triangle-alert.mjs'
import { Component, type ComponentChildren } from 'preact'
import { Button } from '../ui/Button'
import { Notice } from '../ui/Notice'
import * as strings from './strings'

interface Props {
  /** A change of the path clears the error. */
  path: string
  children: ComponentChildren
}

/** Contains an error of one page, so that the rest of the site works. */
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
        title={strings.broken}
        text={strings.brokenText}
        heading="h1"
        isAlert
      >
        <Button look="primary" onClick={() => location.reload()}>
          {strings.reload}
        </Button>
      </Notice>
    )
  }
}
