import type { Contestant } from './compare.ts'
import type { Result } from './report.ts'

const MORE_SESSIONS = 4_000
const BYTES_ALLOWED = 600

export async function storage({ server }: Contestant): Promise<Result> {
  return {
    name: 'storage',
    unit: 'bytes/session',
    reference: 'the most a live session may take',
    ours: { perSecond: await server.ask<number>('storage', MORE_SESSIONS) },
    theirs: { perSecond: BYTES_ALLOWED },
  }
}
