import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'playwright/test'

type Palette = Readonly<Record<string, string>>

const SOJOURN = {
  file: 'sojourn/tokens.css',
  text: [
    'ink/paper ink/surface ink/surface-low ink-soft/paper ink-soft/doorway ink-soft/surface',
    'ink-soft/surface-low pine/surface pine/pine-mist on-pine/pine on-pine/pine-deep brass/paper',
    'brass/surface brass/surface-low danger/danger-mist warning/warning-mist',
  ],
  edges: 'line-strong/surface brass/surface brass/paper danger/surface',
}
const DEMO = {
  file: 'demo.css',
  text: ['ink/page ink/panel soft/page soft/panel good/good-mist due/due-mist'],
  edges: 'ink/page',
}

/** WCAG 2.2: 4.5 for text (1.4.3), 3 for the edges of controls and the ring of focus (1.4.11). */
for (const { file, text, edges } of [SOJOURN, DEMO]) {
  for (const [theme, palette] of Object.entries(palettesOf(file))) {
    test(`${file} can be read in ${theme}`, () => {
      for (const pair of text.join(' ').split(' '))
        expect(contrast(palette, pair), pair).toBeGreaterThan(4.5)
      for (const pair of edges.split(' ')) expect(contrast(palette, pair), pair).toBeGreaterThan(3)
    })
  }
}

/** The sample applications take turns in one set of names: their accents are read one by one. */
for (const app of ['notes', 'billing']) {
  test(`the accent of ${app} can be read in light and dark`, () => {
    const css = stylesheet(DEMO.file)
    const accents = [...css.matchAll(new RegExp(`\\.${app} \\{([^}]*--accent[^}]*)\\}`, 'g'))]
    const themes = Object.values(palettesOf(DEMO.file))

    expect(accents).toHaveLength(2)
    accents.forEach(([, block = ''], index) => {
      const palette = { ...themes[index], ...colours(block) }
      for (const pair of ['accent/page', 'accent/panel', 'accent/accent-mist', 'on-accent/accent'])
        expect(contrast(palette, pair), pair).toBeGreaterThan(4.5)
    })
  })
}

function palettesOf(file: string): { readonly light: Palette; readonly dark: Palette } {
  const [light = '', dark = ''] = stylesheet(file).split('@media (prefers-color-scheme: dark)')
  return { light: colours(light), dark: { ...colours(light), ...colours(dark) } }
}

function stylesheet(file: string): string {
  return readFileSync(join(import.meta.dirname, '../../assets', file), 'utf8')
}

function colours(css: string): Palette {
  return Object.fromEntries(
    [...css.matchAll(/--([\w-]+): (#[0-9a-f]{3,6});/g)].map(([, name, colour]) => [name, colour]),
  )
}

function contrast(palette: Palette, pair: string): number {
  const [over, under] = pair.split('/').map((name) => luminance(palette[name] ?? ''))
  if (over === undefined || under === undefined) throw new Error(`what is ${pair}?`)
  return (Math.max(over, under) + 0.05) / (Math.min(over, under) + 0.05)
}

function luminance(colour: string): number {
  const digits = colour.length === 4 ? colour.slice(1).replace(/./g, '$&$&') : colour.slice(1)
  const [red, green, blue] = [0, 2, 4].map((at) =>
    linear(Number.parseInt(digits.slice(at, at + 2), 16)),
  )
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0)
}

function linear(channel: number): number {
  const share = channel / 255
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
}
