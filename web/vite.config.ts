import { defineConfig } from 'vitest/config'

const REACT = new URL('src/lib/react.ts', import.meta.url).pathname

export default defineConfig({
  // The chat's list is written for React.
  resolve: { alias: [{ find: /^react(-dom|\/jsx-runtime)?$/, replacement: REACT }] },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: 'dist',
    target: 'es2023',
    // The content security policy lets no data: script in, and small files cost no request of their own worth saving.
    assetsInlineLimit: 0,
    // Needed by size.mjs, which follows a page's chunks; it tells nobody more than the files themselves do.
    manifest: true,
    // All of it is smaller than one picture, and spares each chunk's list of what else to fetch.
    cssCodeSplit: false,
    modulePreload: {
      polyfill: false,
      // The chat waits for the first picture, so it may as well ask for its parts one after another.
      resolveDependencies: (file, needs) =>
        /\/(chat|ChatWindow|[Mm]oderation)/.test(file) ? [] : needs,
    },
    rolldownOptions: {
      output: {
        codeSplitting: {
          // What every page needs comes as one file: the pieces that Rolldown makes of it compress worse.
          groups: [
            { name: 'frame', tags: ['$initial'], priority: 2 },
            {
              name: 'frame',
              test: /src\/(lib\/(resource|title)|ui\/(?!Card|Choice|Confirm|Dialog|Field|focusNear|Loaded|More|Switch|Toasts))/,
              priority: 2,
            },
            {
              name: 'watch',
              test: /src\/(features\/(social|watch\/(?!EditForm|PlayerControls|roomNews|[Ss]hortcuts|SignIn|useWakeLock|StreamFacts|EndB))|app\/routes\/(Channel|NotFound)Route|ui\/Card|lib\/(tab|loadLive))/,
            },
            {
              // What a room says is understood by code that came with its first picture, not asked for by every viewer then.
              name: 'picture',
              test: /src\/(features\/watch\/(PlayerControls|roomNews)|lib\/time)|icons\/(ban|copy|clock)/,
            },
            // What few open comes when they do.
            {
              name: 'chat',
              test: /src\/(features\/chat\/(?!Community|EmojiPicker|[Mm]oderation|useChatRoom)|app\/routes\/ChannelChat|lib\/(en.chat|react))|node_modules\/virtua/,
            },
            {
              name: 'lists',
              test: /src\/(features\/channels|app\/routes\/(HomeRoute|lists)|lib\/en.channels)/,
            },
            {
              // Each chunk of its own would be one more name in the site's first script.
              name: 'controls',
              test: /src\/(ui\/(Choice|Confirm|Dialog|Field|focusNear|Loaded|More)|lib\/(pages|spans))|icons\/x\.mjs/,
            },
          ],
        },
      },
    },
  },
  server: {
    proxy: { '/api': 'http://localhost:8080', '/config.json': 'http://localhost:8080' },
  },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.{ts,tsx}'],
    restoreMocks: true,
  },
})
