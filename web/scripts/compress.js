// Lays a brotli form beside every script and style of the build: much better than what a server would do per request, and done once.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { brotliCompressSync, constants } from 'node:zlib'

const assets = new URL('../dist/assets/', import.meta.url)
for (const name of readdirSync(assets)) {
  if (!/\.(js|css|svg)$/.test(name)) continue
  const body = readFileSync(new URL(name, assets))
  const packed = brotliCompressSync(body, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: body.length },
  })
  if (packed.length < body.length * 0.9) writeFileSync(new URL(`${name}.br`, assets), packed)
}
