import type { Context } from 'koa'
import type { More } from './model.ts'

/** The lists of the page that can be long, by the name of their section. */
const LISTS = ['others', 'kept', 'services'] as const
type List = (typeof LISTS)[number]

/** Which stretch of each list is shown; the first is 0. */
export type Stretches = Readonly<Record<List, number>>

/** Rows of a list that stand on one page. */
export const LENGTH = 100

/** As the address says; whatever it cannot mean is the first. */
export function stretchesIn({ query }: Pick<Context, 'query'>): Stretches {
  const numbers = LISTS.map((list) => {
    const said = query[list]
    const isNumber = typeof said === 'string' && /^[1-9]\d{0,3}$/.test(said)
    return [list, isNumber ? Number(said) : 0]
  })
  return Object.fromEntries(numbers) as Stretches
}

/** What is read for a stretch: one row more than is shown tells whether there are more. */
export function asked(stretch: number) {
  return { from: stretch * LENGTH, limit: LENGTH + 1 }
}

/** The rows that are shown, and the ways to the others; null where all are shown. */
export function stretched<Row>(
  list: List,
  stretch: number,
  rows: readonly Row[],
): { readonly shown: readonly Row[]; readonly more: More | null } {
  const shown = rows.slice(0, LENGTH)
  const isMore = rows.length > LENGTH
  if (!isMore && stretch === 0) return { shown, more: null }
  const first = stretch * LENGTH + 1
  return {
    shown,
    more: {
      words:
        shown.length > 0
          ? `Shown: ${first} to ${first + shown.length - 1}, the last used first.`
          : 'There are no more.',
      nextHref: isMore ? `/account?${list}=${stretch + 1}#${list}` : null,
      firstHref: stretch > 0 ? `/account#${list}` : null,
    },
  }
}
