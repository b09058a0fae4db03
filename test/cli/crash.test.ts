import { execFile } from 'node:child_process'
import { expect, test } from 'playwright/test'

const SOURCE = new URL('../../src/', import.meta.url)

/** A process that fails in a way that nobody catches. */
function crashing(failure: string): Promise<{ code: unknown; log: string }> {
  const script = `
    import { exitOnCrash } from '${SOURCE}cli/crash.ts'
    import { createLog } from '${SOURCE}log.ts'
    exitOnCrash(createLog('info'))
    setInterval(() => undefined, 1000)
    ${failure}`
  const args = ['--input-type=module-typescript', '--eval', script]
  return new Promise((resolve) => {
    execFile(process.execPath, args, (error, _out, log) => resolve({ code: error?.code, log }))
  })
}

test.describe('a fault that nobody caught', () => {
  const failures: readonly [string, string][] = [
    ['thrown', `setTimeout(() => { throw new Error('password=hunter2') })`],
    ['rejected', `Promise.reject(new Error('password=hunter2'))`],
  ]
  for (const [name, failure] of failures) {
    test(`ends the process with one line and no secret when it is ${name}`, async () => {
      const { code, log } = await crashing(failure)
      expect(code).toBe(1)
      expect(log.trimEnd().split('\n')).toHaveLength(1)
      expect(JSON.parse(log)).toMatchObject({
        level: 60,
        msg: 'crashed',
        err: { message: 'password=[redacted]' },
      })
      expect(log).not.toContain('hunter2')
    })
  }
})
