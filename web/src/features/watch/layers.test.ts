import type { RemoteTrackPublication } from 'livekit-client'
import { expect, test } from 'vitest'
import { layersOf, layerWithin, linesOf } from './layers'

function publicationOf(...sizes: [width: number, height: number][]) {
  const layers = sizes.map(([width, height], quality) => ({ width, height, quality }))
  return { trackInfo: { layers } } as unknown as RemoteTrackPublication
}

const lines = (...sizes: [number, number][]) => layersOf(publicationOf(...sizes)).map(linesOf)

test('layers are named by their shorter side, the largest first', () => {
  expect(lines([640, 360], [1280, 720], [1920, 1080])).toEqual([1080, 720, 360])
  expect(lines([360, 640], [720, 1280])).toEqual([720, 360])
})

test('layers of one size are one, and a layer without a size is none', () => {
  expect(lines([640, 360], [640, 360], [0, 0])).toEqual([360])
  expect(layersOf(undefined)).toEqual([])
})

test.each([
  [1080, 720],
  [720, 720],
  [480, 360],
  [360, 360],
  [144, 360],
])('a limit of %i lines picks the layer of %i lines', (limit, picked) => {
  const layers = layersOf(publicationOf([640, 360], [1280, 720]))
  expect(layerWithin(layers, limit)).toMatchObject({ height: picked })
})

test('a picture without layers has none to pick', () => {
  expect(layerWithin([], 360)).toBeUndefined()
})
