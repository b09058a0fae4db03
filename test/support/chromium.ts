import { mkdirSync, writeFileSync } from 'node:fs'
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
  useFontsBelow(folder)
  process.env.AWS_EXECUTION_ENV ??= 'AWS_Lambda_nodejs22.x'
  const before = process.env.TMPDIR
  process.env.TMPDIR = folder
  const { default: chromium } = await import('@sparticuz/chromium')
  const executablePath = await chromium.executablePath()
  if (before === undefined) delete process.env.TMPDIR
  else process.env.TMPDIR = before
  return { executablePath, args: ['--no-sandbox', '--headless=shell'] }
}

/** The package's own list names folders of Lambda; a Chromium without any font dies at the first field. */
function useFontsBelow(folder: string): void {
  const list = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${folder}/fonts/fonts</dir><cachedir>${folder}/fonts-cache</cachedir></fontconfig>
`
  writeFileSync(join(folder, 'fonts.conf'), list)
  process.env.FONTCONFIG_PATH ??= folder
}
