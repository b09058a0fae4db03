import type { Page } from 'playwright/test'

/** What no picture of a page shows, and what one may overlook. */
export function flawsOf(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const flaws: string[] = []
    const { scrollWidth, clientWidth, lang } = document.documentElement
    if (scrollWidth > clientWidth) flaws.push(`scrolls sideways: ${scrollWidth} > ${clientWidth}`)
    if (lang !== 'en') flaws.push(`is in the language ${lang}`)
    if (document.title === '') flaws.push('no title')
    if (document.querySelectorAll('h1').length !== 1) flaws.push('not exactly one h1')
    if (document.querySelectorAll('main').length !== 1) flaws.push('not exactly one main')
    for (const field of document.querySelectorAll<HTMLInputElement>('input:not([type=hidden])'))
      if (!field.labels?.length) flaws.push(`no label: ${field.id}`)
    for (const control of document.querySelectorAll('a, button, summary'))
      if (!control.textContent?.trim()) flaws.push(`says nothing: ${control.outerHTML}`)
    const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id)
    if (new Set(ids).size < ids.length) flaws.push(`an id twice: ${ids}`)
    if (![...document.fonts].every((font) => font.status === 'loaded'))
      flaws.push('a font is missing')
    return flaws
  })
}
