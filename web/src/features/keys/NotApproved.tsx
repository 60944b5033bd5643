import Hourglass from 'lucide/dist/esm/icons/hourglass.mjs'
import { Notice } from '../../ui/Notice'
import * as strings from './strings'

/** Replaces the key of a creator whom no operator has approved. It goes away after the approval. */
export function NotApproved() {
  return (
    <Notice icon={Hourglass} title={strings.notApprovedTitle} text={strings.notApproved} isAlert />
  )
}
