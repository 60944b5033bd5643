/**
 * Measures the scripts that each page loads, compressed with gzip, and fails if a page exceeds its budget. 1 kB is 1,000
 * bytes. CloudFront bills bytes and requests, so the number of files is limited too: `bench/cost.py` reads both.
 *
 * A page loads the entry, the listed modules (which it imports dynamically), and all that these import statically. The
 * manifest of the build maps modules to files.
 */
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const SHELL = 'src/app/shell.ts'
const FRAME = [SHELL, 'index.html', 'src/features/channels/Sidebar.tsx']
const CHANNEL = [SHELL, 'index.html', 'src/app/routes/ChannelRoute.tsx']
const CHAT = 'src/app/routes/ChannelChat.tsx'
const CLIENT = 'src/lib/liveRoom.ts'

const PAGES = [
  {
    page: 'home',
    limit: 20_000,
    files: 13,
    modules: [...FRAME, 'src/app/routes/HomeRoute.tsx'],
  },
  {
    page: 'channel, offline',
    limit: 40_000,
    files: 19,
    modules: [...FRAME, ...CHANNEL, CHAT],
  },
  {
    page: 'watch, before the first frame',
    limit: 165_000,
    files: 14,
    modules: [...CHANNEL, CLIENT],
  },
  {
    page: 'watch, with chat and menus',
    limit: 185_000,
    files: 25,
    // The list of channels, which loads after the first frame too, counts for the home page.
    modules: [
      ...CHANNEL,
      CLIENT,
      CHAT,
      'src/features/chat/ChatMessages.tsx',
      'src/features/watch/Picture.tsx',
      'src/features/account/Menu.tsx',
    ],
  },
]

const build = new URL('node_modules/.size/', import.meta.url)
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', build), 'utf8'))

/** Add the file of a module, and the files that it imports statically. */
function addFiles(files, key, page) {
  const chunk = manifest[key]
  if (!chunk) throw new Error(`${page}: the build has no module ${key}; update size.mjs`)
  if (files.has(chunk.file)) return
  files.add(chunk.file)
  for (const imported of chunk.imports ?? []) addFiles(files, imported, page)
}

for (const { page, limit, files: maximum, modules } of PAGES) {
  const files = new Set()
  for (const key of modules) addFiles(files, key, page)
  let total = 0
  const sizes = []
  for (const file of files) {
    const size = gzipSync(readFileSync(new URL(file, build)), { level: 9 }).length
    total += size
    sizes.push(`  ${file} ${size}\n`)
  }
  process.stdout.write(`${page}: ${total} of ${limit} bytes, ${files.size} of ${maximum} files\n`)
  if (total > limit || files.size > maximum) {
    process.stdout.write(sizes.join(''))
    process.exitCode = 1
  }
}
