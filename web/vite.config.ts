import { defineConfig } from 'vitest/config'

const REACT = new URL('src/lib/react.ts', import.meta.url).pathname

/** Name a class of a CSS module after its folder, its file, and itself: `chat-Composer-send`. */
function className(name: string, file: string): string {
  const [folder, module] = file.split('/').slice(-2)
  return `${folder}-${module?.split('.')[0]}-${name}`
}

export default defineConfig({
  // The chat's virtual list imports React; a small shim on Preact replaces it.
  resolve: { alias: [{ find: /^react(-dom|\/jsx-runtime)?$/, replacement: REACT }] },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  css: { modules: { generateScopedName: className } },
  build: {
    outDir: 'dist',
    target: 'es2023',
    // The content security policy forbids `data:` scripts and images.
    assetsInlineLimit: 0,
    // size.mjs follows the manifest to find the chunks of a page.
    manifest: true,
    // All styles together are smaller than one picture.
    cssCodeSplit: false,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        // Chunks follow the dynamic imports. Two rules about sharing keep the number of small files down, because many
        // small files compress worse. No rule names a module.
        codeSplitting: {
          groups: [
            { name: 'initial', tags: ['$initial'], priority: 1 },
            { name: 'shared', minShareCount: 8 },
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
