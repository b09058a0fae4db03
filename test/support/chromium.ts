import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

/**
 * How to start a browser on this machine: Playwright's own where the system can install one,
 * the Chromium that travels in an npm package on Linux x64.
 */
export async function launchOptions() {
  if (process.platform !== 'linux' || process.arch !== 'x64') return {}

  // The package brings its own shared libraries only where it believes to run on Lambda,
  // and unpacks them below TMPDIR; both are read while it is imported.
  const folder = join(import.meta.dirname, '../../node_modules/.cache/chromium')
  mkdirSync(folder, { recursive: true })
  process.env.AWS_EXECUTION_ENV ??= 'AWS_Lambda_nodejs22.x'
  const before = process.env.TMPDIR
  process.env.TMPDIR = folder
  const { default: chromium } = await import('@sparticuz/chromium')
  const executablePath = await chromium.executablePath()
  if (before === undefined) delete process.env.TMPDIR
  else process.env.TMPDIR = before
  return { executablePath, args: [...chromium.args, '--no-sandbox', '--headless=shell'] }
}
