import type { Context, Middleware } from 'koa'
import { ASSET_PREFIX, type Asset, type Assets, type Encoding } from './assets.ts'

/** Answers for the known assets, for ever cacheable, and with 404 for all else below their prefix. */
export function serveAssets(assets: Assets): Middleware {
  return async function serveAsset(ctx, next) {
    if (!ctx.path.startsWith(ASSET_PREFIX)) return next()

    ctx.set('X-Content-Type-Options', 'nosniff')
    const asset = assets.find(ctx.path)
    if (!asset) return refuse(ctx, 404)
    if (ctx.method !== 'GET' && ctx.method !== 'HEAD') {
      ctx.set('Allow', 'GET, HEAD')
      return refuse(ctx, 405)
    }
    answer(ctx, asset)
  }
}

/** Not cached: during a rolling deployment the node next door may know the name already. */
function refuse(ctx: Context, status: 404 | 405): void {
  ctx.set('Cache-Control', 'no-store')
  ctx.status = status
  ctx.body = ''
}

function answer(ctx: Context, asset: Asset): void {
  const encoding = chosenEncoding(ctx, asset)
  ctx.status = 200
  ctx.set('Cache-Control', 'public, max-age=31536000, immutable')
  ctx.vary('Accept-Encoding')
  ctx.etag = `${asset.etag}-${encoding}`
  if (ctx.fresh) {
    ctx.status = 304
    return
  }
  if (encoding !== 'identity') ctx.set('Content-Encoding', encoding)
  ctx.type = asset.type
  ctx.body = asset.bodies[encoding]
}

/** Brotli before gzip whatever the order in the header: clients list them by age, not by liking. */
function chosenEncoding(ctx: Context, asset: Asset): Encoding {
  if (asset.bodies.br && ctx.acceptsEncodings('br')) return 'br'
  if (asset.bodies.gzip && ctx.acceptsEncodings('gzip')) return 'gzip'
  return 'identity'
}
