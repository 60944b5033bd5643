/**
 * Loads code that a page doesn't need at once, and retries if a request is lost.
 *
 * Browsers used to remember a failed import until the page was reloaded. Current ones request it again:
 * https://github.com/whatwg/html/pull/10327
 */

const PAUSES_MS = [500, 2_000]
/** An import never ends on its own if its response never arrives. */
const TIMEOUT_MS = 20_000

/** Import a module, and retry after short pauses. Rejects if all attempts failed or took too long together. */
export function load<Module>(importModule: () => Promise<Module>): Promise<Module> {
  return Promise.race([attempt(importModule), pause(TIMEOUT_MS).then(() => Promise.reject())])
}

async function attempt<Module>(importModule: () => Promise<Module>): Promise<Module> {
  for (const ms of PAUSES_MS) {
    try {
      return await importModule()
    } catch {
      await pause(ms)
    }
  }
  return importModule()
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
