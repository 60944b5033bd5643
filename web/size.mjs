/** Fails where the home page's own scripts, compressed, are larger than they may be. */
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const LIMIT = 18 * 1024
const dist = new URL('dist/', import.meta.url)
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'))

const seen = new Set()
let total = 0
const visit = (name) => {
  if (seen.has(name)) return
  seen.add(name)
  const { file, imports = [] } = manifest[name]
  const size = gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length
  total += size
  process.stdout.write(`${file}  ${size} B\n`)
  for (const next of imports) visit(next)
}
visit('index.html')

process.stdout.write(`home: ${total} B of ${LIMIT} B, gzip\n`)
if (total > LIMIT) process.exitCode = 1
