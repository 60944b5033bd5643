import X from 'lucide/dist/esm/icons/x.mjs'
import { useId } from 'preact/hooks'
import type { Joined } from '../../lib/joinRoom'
import { framesPerSecond, megabits } from '../../lib/units.strings'
import { Icon } from '../../ui/Icon'
import * as strings from './menu.strings'
import styles from './Statistics.module.css'
import { useFigures } from './useFigures'

/** What this page receives, in figures, over the picture. */
export function Statistics({ joined, onClose }: { joined: Joined | null; onClose(): void }) {
  const figures = useFigures(joined)
  const title = useId()
  const rows = figures && {
    [strings.size]: figures.width ? `${figures.width}×${figures.height}` : strings.unknown,
    [strings.frameRate]: framesPerSecond(Math.round(figures.framesPerSecond)),
    [strings.bitrate]: megabits((figures.bitsPerSecond / 1e6).toFixed(2)),
    [strings.data]: strings.dataPerHour(Math.round(figures.megabytesPerHour)),
    [strings.lost]: strings.percent(figures.lostPercent.toFixed(1)),
    [strings.delay]:
      figures.delayMs === null
        ? strings.unknown
        : strings.milliseconds(Math.round(figures.delayMs)),
    [strings.transport]: figures.transport ?? strings.unknown,
  }
  return (
    <section class={styles.statistics} aria-labelledby={title}>
      <div class={styles.head}>
        <h2 id={title}>{strings.statistics}</h2>
        <button type="button" class={styles.close} aria-label={strings.close} onClick={onClose}>
          <Icon of={X} size={16} />
        </button>
      </div>
      {rows ? (
        <dl>
          {Object.entries(rows).map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      ) : (
        <p>{strings.measuring}</p>
      )}
    </section>
  )
}
