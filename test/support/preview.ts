import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import Koa from 'koa'
import { type Browser, chromium } from 'playwright'
import { securityHeaders } from '../../src/demo/headers.ts'
import { createAssets } from '../../src/http/assets.ts'
import { pageHeaders } from '../../src/http/page-headers.ts'
import { createPages } from '../../src/http/pages.ts'
import { serveAssets } from '../../src/http/serve-assets.ts'
import { launchOptions } from './chromium.ts'
import { flawsOf } from './flaws.ts'
import { LOOKS } from './looks.ts'
import { type PageSample, pageSamples } from './page-samples.ts'

const ROOT = join(import.meta.dirname, '../..')
const [folder = join(ROOT, 'test-results/preview')] = process.argv.slice(2)
mkdirSync(folder, { recursive: true })
const problems = await preview(folder)
for (const problem of problems) console.error(problem)
console.log(
  `${pageSamples.length * LOOKS.length} pictures in ${folder}, ${problems.length} problems`,
)
process.exitCode = problems.length === 0 ? 0 : 1

/** Pictures every page in every look under the real policy, and tells what a browser objected to. */
async function preview(into: string): Promise<string[]> {
  const server = gallery().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const browser = await chromium.launch({
    ...(await launchOptions()),
    // The package's own arguments turn the same-origin policy off, which would hide what we look for.
    args: ['--no-sandbox', '--headless=shell'],
  })
  try {
    const { port } = server.address() as AddressInfo
    const found: string[] = []
    for (const look of LOOKS) found.push(...(await picture(browser, look, { port, into })))
    return found
  } finally {
    await browser.close()
    server.close()
  }
}

function gallery(): Koa {
  const assets = createAssets(join(ROOT, 'assets'))
  const pages = createPages({ root: join(ROOT, 'views'), assets })
  const app = new Koa()
  app.use(serveAssets(assets))
  app.use((ctx) => {
    if (ctx.path === '/events') {
      ctx.type = 'text/event-stream'
      ctx.body = 'retry: 100000\n\n'
      return
    }
    const sample = pageSamples.find(({ title }) => ctx.path === `/${title}`)
    if (!sample) return
    ctx.set(
      sample.page === 'demo/app' ? securityHeaders(new URL('http://localhost')) : pageHeaders(),
    )
    ctx.type = 'html'
    ctx.body = renderSample(sample)
  })
  return app

  function renderSample({ page, model }: PageSample): string {
    if (page !== 'demo/app') return pages.render(page, model as never)
    const demo = { ...model, stylesheet: assets.href('demo.css'), script: assets.href('demo.js') }
    return pages.render(page as never, demo as never)
  }
}

async function picture(
  browser: Browser,
  look: (typeof LOOKS)[number],
  { port, into }: { readonly port: number; readonly into: string },
): Promise<string[]> {
  const { name, ...options } = look
  const context = await browser.newContext(options)
  const page = await context.newPage()
  const found: string[] = []
  let at = ''
  const note = (what: string) => found.push(`${at} (${name}): ${what}`)
  page.on('console', (message) => message.type() === 'error' && note(message.text()))
  page.on('pageerror', (error) => note(error.message))
  page.on('response', (response) => response.ok() || note(`${response.status()} ${response.url()}`))

  for (const { title } of pageSamples) {
    at = title
    await page.goto(`http://127.0.0.1:${port}/${title}`)
    for (const problem of await flawsOf(page)) note(problem)
    await page.screenshot({ path: join(into, `${title}.${name}.png`), fullPage: true })
  }
  await context.close()
  return found
}
