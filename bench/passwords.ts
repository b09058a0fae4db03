import { type Contestant, middle, type Round, run } from './compare.ts'
import { type Load, median, type Step, WORKERS } from './load.ts'
import type { BenchOptions } from './options.ts'
import { openLoginPage, type Party } from './party.ts'
import type { Result } from './report.ts'

/** Fewer than one network may have waiting for their hash. */
const TYPING = 16
const ENOUGH = 1.5

/**
 * The POST that carries a password, on the product's own page, against the hashes alone, in turns.
 * The pages are opened before; what comes after is the same as in a login without a hash.
 */
export async function passwordLogins(
  ours: Contestant,
  { rounds, seconds }: BenchOptions,
): Promise<Result> {
  const { party, server } = ours
  const logins: Round[] = []
  const alone: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    const hashes = await server.ask<Load>('argon2', seconds)
    alone.push(hashes.perSecond)
    const pages = await openPages(party, Math.ceil(hashes.count * ENOUGH) + TYPING)
    logins.push(await run(ours, typing(party, pages), seconds, TYPING))
  }
  return {
    name: 'password_login',
    unit: 'logins/s',
    reference: 'argon2 alone',
    ours: middle(logins),
    theirs: { perSecond: median(alone) },
  }
}

type Page = Awaited<ReturnType<typeof openLoginPage>>

async function openPages(party: Party, count: number): Promise<Page[]> {
  const pages: Page[] = []
  while (pages.length < count)
    pages.push(...(await Promise.all(Array.from({ length: WORKERS }, () => openLoginPage(party)))))
  return pages
}

function typing(party: Party, pages: Page[]): Step {
  return async (worker) => {
    const username = party.usernames[worker % party.usernames.length] ?? ''
    const page = pages.pop()
    if (!page) throw new Error('more pages were to be opened')
    await page(username, party.password)
  }
}
