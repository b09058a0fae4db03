import { execFile } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'playwright/test'
import { inBursts } from '../../src/log/in-bursts.ts'
import { createLog } from '../../src/log.ts'

function target() {
  const written: string[] = []
  return { written, write: (text: string) => written.push(text) }
}

test.describe('lines in bursts', () => {
  test('are written at once when few, and together when many', async () => {
    const { written, write } = target()
    const bursts = inBursts({ write })

    for (const line of ['a\n', 'b\n', 'c\n']) bursts.write(line)
    expect(written).toEqual(['a\n'])
    await expect.poll(() => written).toEqual(['a\n', 'b\nc\n'])

    await sleep(100)
    bursts.write('d\n')
    expect(written).toEqual(['a\n', 'b\nc\n', 'd\n'])
  })

  test('are held back up to a bound', () => {
    const { written, write } = target()
    const bursts = inBursts({ write })
    for (let line = 0; line < 1_000; line += 1) bursts.write(`${'x'.repeat(999)}\n`)
    expect(written.length).toBeGreaterThan(10)
    expect(Math.max(...written.map(({ length }) => length))).toBeLessThanOrEqual(64 * 1024 + 1_000)
  })

  test('are written with whatever went wrong', () => {
    const { written, write } = target()
    const log = createLog('info', inBursts({ write }))
    log.info({}, 'first')
    log.info({}, 'second')
    expect(written).toHaveLength(1)
    log.child({}).error({}, 'third')
    expect(written.join('').match(/"msg":"\w+"/g)).toEqual([
      '"msg":"first"',
      '"msg":"second"',
      '"msg":"third"',
    ])
  })

  for (const [end, words] of [
    ['by itself', ''],
    ['at a word', 'process.exit(3)'],
    ['by a fault', 'setTimeout(() => { throw new Error() }); exitOnCrash(log)'],
  ]) {
    test(`are all there when a process ends ${end}`, async () => {
      const source = new URL('../../src/', import.meta.url)
      const script = `
        import { exitOnCrash } from '${source}cli/crash.ts'
        import { createLog } from '${source}log.ts'
        const log = createLog('info')
        for (let line = 0; line < 100; line += 1) log.info({ line }, 'told')
        ${words}`
      const args = ['--input-type=module-typescript', '--eval', script]
      const told = await new Promise<string>((resolve) => {
        execFile(process.execPath, args, (_error, _out, log) => resolve(log))
      })
      expect(told.match(/"line":99,/g)).toHaveLength(1)
      expect(told.match(/"msg":"told"/g)).toHaveLength(100)
    })
  }
})
