/** Settings of this deployment, loaded from `/config.json` at run time, so that all deployments can share a build. */
import { store } from './store'
import { timedFetch } from './timedFetch'

export interface Config {
  siteName: string
  /** `ws://` or `wss://`, to connect early. The token response has the address to join. */
  livekitUrl: string | null
  /** Who may get an account: everyone, people whom the operator invites, or no one. */
  signUp?: 'open' | 'invited' | 'closed'
  /** People can add passkeys at the identity provider. */
  hasPasskeys?: boolean
  /** The titles of the pages that the operator has written, by name: `/terms`, `/privacy`, `/copyright`, `/imprint`. */
  pages?: Record<string, string>
}

export const config = store<Config>({ siteName: 'Footlight', livekitUrl: null })

export async function loadConfig(): Promise<void> {
  try {
    const response = await timedFetch(new Request('/config.json', { cache: 'no-cache' }))
    if (!response.ok) return
    const loaded = (await response.json()) as Partial<Config>
    config.set({ ...config.get(), ...loaded })
  } catch {
    // The defaults apply: a site whose settings can't be read should still open.
  }
}
