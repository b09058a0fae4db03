import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Middleware } from 'koa'

export interface Assets {
  readonly stylesheet: string
  readonly script: string
  readonly serve: Middleware
}

interface Asset {
  readonly type: string
  readonly body: Buffer
}

/** Reads the two files once and names them by their content, so that a browser may keep them for ever. */
export function createAssets(folder: string): Assets {
  const byPath = new Map<string, Asset>()
  const add = (name: string, type: string) => {
    const body = readFileSync(join(folder, name))
    const hash = createHash('sha256').update(body).digest('base64url').slice(0, 12)
    const path = `/assets/${hash}/${name}`
    byPath.set(path, { type, body })
    return path
  }
  return {
    stylesheet: add('demo.css', 'text/css; charset=utf-8'),
    script: add('demo.js', 'text/javascript; charset=utf-8'),
    serve: async function serveAsset(ctx, next) {
      const asset = byPath.get(ctx.path)
      if (!asset || !['GET', 'HEAD'].includes(ctx.method)) return next()
      ctx.set('Cache-Control', 'public, max-age=31536000, immutable')
      ctx.type = asset.type
      ctx.body = asset.body
    },
  }
}
