/** The sizes in which a host's picture is sent. A layer's name is its shorter side in lines: 720p. */
import type { RemoteTrackPublication } from 'livekit-client'

type TrackInfo = NonNullable<RemoteTrackPublication['trackInfo']>
export type Layer = TrackInfo['layers'][number]

export function linesOf({ width, height }: Pick<Layer, 'width' | 'height'>): number {
  return Math.min(width, height)
}

/** Return the layers that differ in size, the largest first. An encoder that sends one picture has one or none. */
export function layersOf(publication: RemoteTrackPublication | undefined): Layer[] {
  const sizes = new Map<number, Layer>()
  for (const layer of publication?.trackInfo?.layers ?? []) {
    if (linesOf(layer) > 0) sizes.set(linesOf(layer), layer)
  }
  return [...sizes.values()].sort((a, b) => linesOf(b) - linesOf(a))
}

/** Return the largest layer of at most `lines`, else the smallest, or undefined if there are none. */
export function layerWithin(layers: Layer[], lines: number): Layer | undefined {
  return layers.find((layer) => linesOf(layer) <= lines) ?? layers.at(-1)
}
