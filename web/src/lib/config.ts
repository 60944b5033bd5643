/** Settings of this deployment, read at run time from `/config.json`, so that one build serves them all. */
import { store } from './store'

export interface Config {
  siteName: string
  /** `ws://` or `wss://`; only to open the connection early, the token's answer says where to join. */
  livekitUrl: string | null
}

export const config = store<Config>({ siteName: 'Footlight', livekitUrl: null })

export async function loadConfig(): Promise<void> {
  try {
    const response = await fetch('/config.json', { cache: 'no-cache' })
    if (!response.ok) return
    const given = (await response.json()) as Partial<Config>
    config.set({ ...config.get(), ...given })
  } catch {
    // The defaults do: a site whose settings can't be read should still open.
  }
}
