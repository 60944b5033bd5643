/** Fails where the scripts that a page needs, compressed, are larger than they may be. 1 kB is 1000 bytes. */
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

/** The chunks that each page loads by itself, by their names, beside those which they import. */
const PAGES = [
  { page: 'home', limit: 18_000, chunks: ['index', 'lists'] },
  {
    page: 'watch, before the first picture',
    limit: 160_000,
    chunks: ['index', 'watch', 'en.pages', 'liveRoom'],
  },
  {
    page: 'watch, with chat and menus',
    limit: 180_000,
    chunks: ['index', 'watch', 'en.pages', 'liveRoom', 'chat'],
  },
]

const dist = new URL('dist/', import.meta.url)
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'))

for (const { page, limit, chunks } of PAGES) {
  const files = new Set()
  const add = (chunk) => {
    if (files.has(chunk.file)) return
    files.add(chunk.file)
    for (const key of chunk.imports ?? []) add(manifest[key])
  }
  for (const name of chunks) {
    const chunk = Object.values(manifest).find((one) => one.name === name)
    if (!chunk)
      throw new Error(`There is no chunk ${name} any more: say in size.mjs what ${page} loads`)
    add(chunk)
  }
  let total = 0
  for (const file of files) {
    const size = gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length
    total += size
    process.stdout.write(`  ${file} ${size}\n`)
  }
  process.stdout.write(`${page}: ${total} of ${limit} bytes, gzip\n`)
  if (total > limit) process.exitCode = 1
}
