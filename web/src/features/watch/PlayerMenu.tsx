import Activity from 'lucide/dist/esm/icons/activity.mjs'
import Check from 'lucide/dist/esm/icons/check.mjs'
import Keyboard from 'lucide/dist/esm/icons/keyboard.mjs'
import PictureInPicture from 'lucide/dist/esm/icons/picture-in-picture-2.mjs'
import { useState } from 'preact/hooks'
import { useStore } from '../../lib/store'
import { FloatingMenu, MenuItem } from '../../ui/FloatingMenu'
import { Icon } from '../../ui/Icon'
import * as controlsStrings from './controls.strings'
import { type Layer, layersOf, layerWithin, linesOf } from './layers'
import * as strings from './menu.strings'
import type { PlayerControlsProps } from './PlayerControls'
import styles from './PlayerMenu.module.css'
import { isInPicture, togglePictureInPicture } from './pictureInPicture'
import { chooseQuality, type Quality, quality } from './quality'
import { ShortcutsPanel } from './ShortcutsPanel'
import { Statistics } from './Statistics'
import { useFigures } from './useFigures'
import { useMediaSession } from './useMediaSession'
import type { Player } from './usePlayer'

/** Pictures of at most this many lines save data. */
const SAVING_LINES = 360

interface Props extends PlayerControlsProps {
  /** The button that opened the menu. Null while the menu is closed. */
  opener: HTMLElement | null
  onClose(): void
}

/** The player's menu, what it opens, and the browser's media menu. */
export default function PlayerMenu({ opener, onClose, ...props }: Props) {
  const { player } = props
  const [isListing, setListing] = useState(false)
  const [isMeasuring, setMeasuring] = useState(false)
  const { current: video } = player.video
  useMediaSession(props)
  return (
    <>
      {opener && (
        <FloatingMenu label={controlsStrings.menu} opener={opener} onClose={onClose}>
          <QualityMenu player={player} />
          {video && document.pictureInPictureEnabled && (
            <MenuItem icon={PictureInPicture} onPress={() => void togglePictureInPicture(video)}>
              {isInPicture(video) ? strings.leavePictureInPicture : strings.pictureInPicture}
            </MenuItem>
          )}
          <MenuItem icon={Activity} onPress={() => setMeasuring(!isMeasuring)}>
            {strings.statistics}
          </MenuItem>
          <div class={styles.keys}>
            <MenuItem icon={Keyboard} onPress={() => setListing(true)}>
              {strings.shortcuts}
            </MenuItem>
          </div>
        </FloatingMenu>
      )}
      {isListing && <ShortcutsPanel onClose={() => setListing(false)} />}
      {isMeasuring && <Statistics joined={player.joined} onClose={() => setMeasuring(false)} />}
    </>
  )
}

function QualityMenu({ player: { joined } }: { player: Player }) {
  const chosen = useStore(quality)
  const figures = useFigures(joined)
  const host = joined?.room.remoteParticipants.get(joined.viewerToken.room)
  const [publication] = host?.videoTrackPublications.values() ?? []
  const layers = layersOf(publication)
  const checked = checkedOf(chosen, layers)
  const choice = (value: Quality, label: string, isSaving: boolean) => (
    <button
      key={value}
      type="button"
      role="menuitemradio"
      tabIndex={-1}
      class={styles.choice}
      aria-checked={value === checked}
      onClick={() => chooseQuality(value)}
    >
      <Icon of={Check} size={17} />
      <span>{label}</span>
      {isSaving && <span class={styles.aside}>{strings.dataSaver}</span>}
    </button>
  )
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms. */}
      <div role="group" aria-label={strings.quality}>
        <p class={styles.heading} aria-hidden="true">
          {strings.quality}
        </p>
        {choice('auto', strings.auto, false)}
        {layers.length > 1 &&
          layers.map((layer) => {
            const lines = linesOf(layer)
            return choice(`${lines}`, strings.lines(lines), lines <= SAVING_LINES)
          })}
        {publication && choice('sound', strings.soundOnly, true)}
      </div>
      <p class={styles.meter}>
        {figures ? strings.nowPerHour(Math.round(figures.megabytesPerHour)) : strings.measuring}
      </p>
    </>
  )
}

/** Return the choice that applies to these layers. It may have been made on a channel with others. */
function checkedOf(chosen: Quality, layers: Layer[]): Quality {
  if (chosen === 'auto' || chosen === 'sound') return chosen
  const layer = layers.length > 1 && layerWithin(layers, Number(chosen))
  return layer ? `${linesOf(layer)}` : 'auto'
}
