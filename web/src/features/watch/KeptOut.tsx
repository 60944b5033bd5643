import AgeNotice from './AgeNotice'
import type { PlayerState } from './playerState'
import { SignInToWatch } from './SignInToWatch'

/** Covers the player for viewers who may not watch, or not yet. */
export default function KeptOut({ reason }: { reason: PlayerState['keptOutBy'] }) {
  return reason === 'forAdults' ? <AgeNotice /> : <SignInToWatch />
}
