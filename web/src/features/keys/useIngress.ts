/** The creator's ingress: its server address, its stream key, and the state of the encoder. */
import type { Armed, Ingress, InputType } from '../../api/types'
import { api } from '../../lib/api'
import { Refusal } from '../../lib/refusal'
import { type Resource, useResource } from '../../lib/resource'

/** Counts changes. A response to a request that started before a change describes the previous key. */
let generation = 0

/** Null before the first key is created. */
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

/** Create a new key for a protocol. The previous key stops working, and a broadcast that uses it ends. */
export async function resetIngress(inputType: InputType): Promise<Ingress> {
  try {
    return await api.post('/api/ingress', { body: { inputType } })
  } finally {
    generation += 1
  }
}

/** Set when the key works. Turning it off ends a broadcast that uses it. */
export async function armIngress(armed: Armed): Promise<Ingress> {
  try {
    return await api.patch('/api/ingress', { body: { armed } })
  } finally {
    generation += 1
  }
}
