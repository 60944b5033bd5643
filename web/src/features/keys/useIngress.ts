/** The creator's ingress: where to send video, by which key, and what LiveKit receives of it. */
import type { Armed, Ingress, InputType } from '../../api/types'
import { api } from '../../lib/api'
import { Refusal } from '../../lib/refusal'
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
  const ingress = await api.get('/api/ingress').catch((error: unknown) => {
    if (Refusal.caught(error).status === 404 || before !== generation) return null
    throw error
  })
  return before === generation ? ingress : load()
}

/** A new key of that kind; the one before stops working and a broadcast by it ends. */
export async function resetIngress(inputType: InputType): Promise<Ingress> {
  try {
    return await api.post('/api/ingress', { body: { inputType } })
  } finally {
    generation += 1
  }
}

/** Says when the key works; to switch it off ends a broadcast by it. */
export async function armIngress(armed: Armed): Promise<Ingress> {
  try {
    return await api.patch('/api/ingress', { body: { armed } })
  } finally {
    generation += 1
  }
}
