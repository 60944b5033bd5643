import type { Plugin, Rolldown } from 'vite'
import { defineConfig } from 'vitest/config'

/**
 * Resolves virtua's imports of React to our shim on Preact, and no other module's. ADR 14 has the reasons.
 *
 * The development server must not bundle virtua in advance, because it would do so without this plugin.
 */
const reactForVirtua: Plugin = {
  name: 'react-for-virtua',
  enforce: 'pre',
  config: () => ({ optimizeDeps: { exclude: ['virtua'] } }),
  resolveId(source, importer) {
    if (!importer?.includes('/node_modules/virtua/')) return null
    if (!/^react(-dom|\/jsx-runtime)?$/.test(source)) return null
    return new URL('src/lib/virtuaReact.ts', import.meta.url).pathname
  },
}

/**
 * Adds `app/shell.ts` to the page as a script of its own, which always runs before the rest of the code. An async script
 * often ran after it if both arrived together, and then requested nothing. Attributes name the scripts that it requests early: those of a channel's page, and LiveKit's client.
 *
 * Vite would merge it with the other script of `index.html`.
 */
const shell: Plugin = {
  name: 'shell',
  config: () => ({ build: { rolldownOptions: { input: ['index.html', SHELL] } } }),
  transformIndexHtml: {
    order: 'post',
    handler(_, { bundle = {} }) {
      const chunkOf = (module: string) =>
        Object.values(bundle).find(
          (file) => file.type === 'chunk' && file.facadeModuleId?.endsWith(`/${module}`),
        ) as Rolldown.OutputChunk | undefined
      /** Return the files of a module that the page doesn't load anyway. */
      const filesOf = (module: string) => {
        const files = new Set<string>()
        const add = (chunk: Rolldown.OutputChunk | undefined) => {
          if (!chunk || chunk.isEntry || files.has(chunk.fileName)) return
          files.add(chunk.fileName)
          for (const file of chunk.imports) add(bundle[file] as Rolldown.OutputChunk)
        }
        add(chunkOf(module))
        return [...files].map((file) => `/${file}`).join(' ')
      }
      const src = `/${chunkOf(SHELL)?.fileName ?? SHELL}`
      const early = { 'data-page': filesOf(CHANNEL), 'data-client': filesOf(CLIENT) }
      return [
        {
          tag: 'script',
          attrs: { type: 'module', crossorigin: true, src, ...early },
          injectTo: 'head-prepend',
        },
      ]
    },
  },
}

/**
 * Replaces the helper that Vite puts around each `import()`: it requests the scripts that the imported one needs.
 *
 * Vite's own also loads styles, which takes 0.7 kB of the home page's 20 kB. This site has one file of styles.
 */
const scriptPreload: Plugin = {
  name: 'script-preload',
  apply: 'build',
  enforce: 'pre',
  load(id) {
    if (id !== '\0vite/preload-helper.js') return null
    return `
      const requested = new Set()
      export const __vitePreload = (load, files = []) => {
        for (const file of files) {
          if (requested.has(file)) continue
          requested.add(file)
          const { head } = document
          head.append(Object.assign(document.createElement('link'), {
            rel: 'modulepreload', crossOrigin: '', href: '/' + file,
          }))
        }
        return load()
      }`
  },
}

/** Name a class of a CSS module after its folder, its file, and itself: `chat-Composer-send`. */
function className(name: string, file: string): string {
  const [folder, module] = file.split('/').slice(-2)
  return `${folder}-${module?.split('.')[0]}-${name}`
}

/** Put what a page needs first into one chunk. A script that imports nothing, the shell, stays in its own chunk. */
function initialChunk(id: string, chunking: Rolldown.ChunkingContext): string | null {
  const module = chunking.getModuleInfo(id)
  return module?.isEntry && module.importedIds.length === 0 ? null : 'initial'
}

const SHELL = 'src/app/shell.ts'
const CHANNEL = 'src/app/routes/ChannelRoute.tsx'
const CLIENT = 'src/lib/liveRoom.ts'

/** Chunks that few visits load. */
const RARE = /\/(Notices|Footer|ChatWindowRoute|DashboardPages)-/

export default defineConfig({
  plugins: [reactForVirtua, shell, scriptPreload],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  css: { modules: { generateScopedName: className } },
  build: {
    outDir: 'dist',
    target: 'es2023',
    // The browser of OBS 30, which shows the chat in a dock. Vite rewrites newer styles where it can.
    cssTarget: 'chrome103',
    // The content security policy forbids `data:` scripts, and inlining would save few requests.
    assetsInlineLimit: 0,
    // size.mjs follows the manifest to find the chunks of a page.
    manifest: true,
    // All styles together are smaller than one picture.
    cssCodeSplit: false,
    modulePreload: {
      polyfill: false,
      // Every page would carry the names of these files, for what few users see.
      resolveDependencies: (file, dependencies) => (RARE.test(file) ? [] : dependencies),
    },
    rolldownOptions: {
      output: {
        entryFileNames: 'assets/[name]-[hash:7].js',
        // Every page carries the names of other files. That of a shared chunk would be one of its modules' names.
        chunkFileNames: ({ isDynamicEntry }) =>
          `assets/${isDynamicEntry ? '[name]-' : ''}[hash:7].js`,
        // Chunks follow the dynamic imports. Two rules about sharing keep the number of small files down, because many
        // small files compress worse. No rule names a module.
        codeSplitting: {
          groups: [
            { name: initialChunk, tags: ['$initial'], priority: 1 },
            { name: 'shared', minShareCount: 9 },
          ],
        },
      },
    },
  },
  server: {
    proxy: { '/api': 'http://localhost:8080', '/config.json': 'http://localhost:8080' },
  },
  test: {
    environment: 'node',
    include: ['src/**/*.test.{ts,tsx}'],
    restoreMocks: true,
  },
})
