import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

export type Encoding = 'br' | 'gzip' | 'identity'

export interface Asset {
  readonly type: string
  readonly etag: string
  /** `identity` is always there; the others where they are smaller. */
  readonly bodies: Readonly<Partial<Record<Encoding, Buffer>>> & { readonly identity: Buffer }
}

/** All that a page needs to know: where a file is served. */
export interface AssetMap {
  readonly href: (name: string) => string
}

export interface Assets extends AssetMap {
  readonly find: (path: string) => Asset | undefined
}

export const ASSET_PREFIX = '/assets/'

const TYPES: Readonly<Record<string, { readonly type: string; readonly compress: boolean }>> = {
  '.css': { type: 'text/css; charset=utf-8', compress: true },
  '.js': { type: 'text/javascript; charset=utf-8', compress: true },
  '.svg': { type: 'image/svg+xml', compress: true },
  '.txt': { type: 'text/plain; charset=utf-8', compress: true },
  '.woff2': { type: 'font/woff2', compress: false },
}

/**
 * Reads and compresses a folder once, and names each file by its content.
 *
 * What is asked for later is looked up by its whole address: no address ever becomes a file name.
 */
export function createAssets(folder: string): Assets {
  const hrefs = new Map<string, string>()
  const byPath = new Map<string, Asset>()
  const href = (name: string) => {
    const known = hrefs.get(name)
    if (known === undefined) throw new Error(`there is no asset ${name}`)
    return known
  }

  for (const name of stylesheetsLast(filesIn(folder))) {
    const content = name.endsWith('.css')
      ? Buffer.from(withHashedUrls(readStylesheet(folder, name), href))
      : readFileSync(join(folder, name))
    const hash = createHash('sha256').update(content).digest('base64url').slice(0, 12)
    const path = `${ASSET_PREFIX}${hashedName(name, hash)}`
    hrefs.set(name, path)
    byPath.set(path, toAsset(name, hash, content))
  }
  return { href, find: (path) => byPath.get(path) }
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name)
}

/** Stylesheets name the other files, so their names must be known by then. */
function stylesheetsLast(names: readonly string[]): string[] {
  const isStylesheet = (name: string) => name.endsWith('.css')
  return [...names.filter((name) => !isStylesheet(name)), ...names.filter(isStylesheet)]
}

/** With what it imports from folders below in place: one request for a page, small files for people. */
function readStylesheet(folder: string, name: string): string {
  const text = readFileSync(join(folder, name), 'utf8')
  return text.replace(/@import "([^"]+)";/g, (_, part) => readFileSync(join(folder, part), 'utf8'))
}

function withHashedUrls(css: string, href: (name: string) => string): string {
  return css.replace(/url\("([^"]+)"\)/g, (_, name) => `url("${href(name)}")`)
}

function hashedName(name: string, hash: string): string {
  const extension = extname(name)
  return `${name.slice(0, -extension.length)}.${hash}${extension}`
}

function toAsset(name: string, hash: string, content: Buffer): Asset {
  const kind = TYPES[extname(name)]
  if (!kind) throw new Error(`an asset of unknown type: ${name}`)
  return {
    type: kind.type,
    etag: hash,
    bodies: kind.compress ? compress(content) : { identity: content },
  }
}

function compress(identity: Buffer): Asset['bodies'] {
  const br = brotliCompressSync(identity, {
    params: { [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT },
  })
  const gzip = gzipSync(identity, { level: 9 })
  return {
    identity,
    ...(br.length < identity.length && { br }),
    ...(gzip.length < identity.length && { gzip }),
  }
}
