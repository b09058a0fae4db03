import Bowser from 'bowser'

export type DeviceClass = 'desktop' | 'mobile' | 'tablet' | 'program' | 'other'

export interface Agent {
  /** "Firefox on Windows", without versions, which come and go; null where nothing is recognised. */
  readonly words: string | null
  readonly deviceClass: DeviceClass
}

const BROWSERS: ReadonlySet<string> = new Set(Object.values(Bowser.BROWSER_MAP))
const SYSTEMS: ReadonlySet<string> = new Set(Object.values(Bowser.OS_MAP))
const CLASSES: Readonly<Record<string, DeviceClass>> = {
  desktop: 'desktop',
  mobile: 'mobile',
  tablet: 'tablet',
  bot: 'program',
}

/** What a user agent calls itself; only names from the library's own lists, for anybody may send it. */
export function agentOf(userAgent: string): Agent {
  const { browser, os, platform } = Bowser.parse(userAgent)
  const name = browser.name && BROWSERS.has(browser.name) ? browser.name : null
  const system = os.name && SYSTEMS.has(os.name) ? os.name : null
  return {
    words: name && system ? `${name} on ${system}` : (name ?? system),
    deviceClass: CLASSES[platform.type ?? ''] ?? (name ? 'other' : 'program'),
  }
}
