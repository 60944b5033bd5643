import type { Encoder, Stream } from '../../api/types'
import { elapsed, timeOfDay } from '../../lib/time'
import { useNow } from '../../lib/useNow'
import { bitrate, frameRate } from '../../lib/videoFigures'
import { Card } from '../../ui/Card'
import * as strings from './broadcast.strings'
import styles from './StreamFacts.module.css'
import type { Player } from './usePlayer'

interface Props {
  stream: Stream
  player: Player
  /** The encoder as LiveKit reports it; undefined if it is unknown. */
  encoder: Encoder | undefined
}

/** The broadcast in figures, for its creator. */
export function StreamFacts({ stream, player, encoder }: Props) {
  const state = player.view === 'live' ? 'live' : stream.state
  const startedAt = state === 'offline' ? null : stream.startedAt
  const video = encoder?.status === 'publishing' ? encoder.video : null
  const audio = encoder?.status === 'publishing' ? encoder.audio : null
  return (
    <Card title={strings.broadcast}>
      <dl class={styles.facts}>
        <Fact name={strings.status} value={strings.statuses[state]} />
        <Fact
          name={strings.viewers}
          value={state === 'offline' ? '–' : String(player.viewers ?? stream.viewerCount)}
        />
        <div>
          <dt>{strings.uptime}</dt>
          <dd>{startedAt ? <Since instant={startedAt} /> : '–'}</dd>
        </div>
        <Fact name={strings.resolution} value={video ? `${video.width}×${video.height}` : '–'} />
        <Fact
          name={strings.frameRate}
          value={video ? (frameRate(video.framerate) ?? strings.notReported) : '–'}
        />
        <Fact
          name={strings.bitrate}
          value={
            encoder?.status === 'publishing' ? (bitrate(video, audio) ?? strings.notReported) : '–'
          }
        />
      </dl>
    </Card>
  )
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  )
}

function Since({ instant }: { instant: string }) {
  const now = useNow(1_000)
  return (
    <time dateTime={instant} title={timeOfDay(instant)}>
      {elapsed(instant, now)}
    </time>
  )
}
