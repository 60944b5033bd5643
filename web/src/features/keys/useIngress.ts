/** The creator's ingress: where to send video, by which key, and what LiveKit receives of it. */
import type { Armed, Ingress, InputType } from '../../api/types'
import { answer, api } from '../../lib/apiClient'
import { type Resource, useResource } from '../../lib/resource'

/** Grows with each change: an answer that was under way then tells of the key before. */
let generation = 0

/** Null before the first key has been made. */
export type MaybeIngress = Ingress | null

export function useIngress(everyMs: number): Resource<MaybeIngress> {
  return useResource<MaybeIngress>('ingress', load, { everyMs })
}

async function load(): Promise<MaybeIngress> {
  const before = generation
  const response = await api.GET('/api/ingress')
  if (before !== generation) return load()
  return response.response.status === 404 ? null : answer(Promise.resolve(response))
}

/** A new key of that kind; the one before stops working and a broadcast by it ends. */
export async function resetIngress(inputType: InputType): Promise<Ingress> {
  try {
    return await answer(api.POST('/api/ingress', { body: { inputType } }))
  } finally {
    generation += 1
  }
}

/** Says when the key works; to switch it off ends a broadcast by it. */
export async function armIngress(armed: Armed): Promise<Ingress> {
  try {
    return await answer(api.PATCH('/api/ingress', { body: { armed } }))
  } finally {
    generation += 1
  }
}
