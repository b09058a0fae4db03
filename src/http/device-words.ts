import Bowser from 'bowser'

export interface Device {
  /** "Firefox on Windows", "An unknown browser". */
  readonly words: string
  /** A telephone or a tablet. */
  readonly handheld: boolean
}

/**
 * What a user agent calls itself, in words that people know.
 *
 * Only names from the library's own lists are said: whoever logs in with a stolen password chooses
 * this header, and must not get to write on its owner's page.
 */
export function deviceWords(userAgent: string | undefined): Device {
  if (!userAgent) return UNKNOWN
  const { browser, os, platform } = Bowser.parse(userAgent)
  const name = known(BROWSERS, browser.name)?.replace(' for Android', '') ?? 'An unknown browser'
  const system = known(APPLE, platform.model) ?? known(SYSTEMS, os.name)
  return {
    words: system ? `${name} on ${system}` : name,
    handheld: platform.type === 'mobile' || platform.type === 'tablet',
  }
}

const UNKNOWN: Device = { words: 'An unknown browser', handheld: false }

const BROWSERS = new Set(Object.values(Bowser.BROWSER_MAP))
const SYSTEMS = new Set(Object.values(Bowser.OS_MAP))
const APPLE = new Set(['iPhone', 'iPad'])

function known(names: ReadonlySet<string>, name: string | undefined): string | undefined {
  return name !== undefined && names.has(name) ? name : undefined
}
