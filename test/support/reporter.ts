import type {
  FullConfig,
  FullResult,
  Reporter,
  Suite,
  TestCase,
  TestResult,
} from 'playwright/types/testReporter'

/** Prints each failure when it happens, progress now and then, and ends with one plain line of counts. */
export default class PlainReporter implements Reporter {
  #total = 0
  #passed = 0
  #failed = 0
  #skipped = 0
  readonly #slow: { title: string; duration: number }[] = []

  onBegin(_config: FullConfig, suite: Suite): void {
    this.#total = suite.allTests().length
    console.log(`${this.#total} tests`)
  }

  onTestEnd(test: TestCase, result: TestResult): void {
    const title = test.titlePath().slice(1).join(' › ')
    if (result.status === 'skipped') this.#skipped++
    else if (test.outcome() === 'unexpected') this.#report(title, result)
    else this.#passed++
    this.#slow.push({ title, duration: result.duration })
    const done = this.#passed + this.#failed + this.#skipped
    if (done % 100 === 0) console.log(`${done} of ${this.#total}`)
  }

  onError(error: { message?: string; stack?: string }): void {
    this.#failed++
    console.log(error.stack ?? error.message ?? 'an error outside any test')
  }

  onEnd(_result: FullResult): void {
    const slowest = this.#slow.sort((a, b) => b.duration - a.duration).slice(0, 5)
    for (const { title, duration } of slowest)
      console.log(`  ${(duration / 1000).toFixed(1)} s  ${title}`)
    const skipped = this.#skipped > 0 ? `, ${this.#skipped} skipped` : ''
    console.log(`${this.#passed} passed, ${this.#failed} failed${skipped}`)
  }

  #report(title: string, result: TestResult): void {
    this.#failed++
    console.log(`FAILED ${title}`)
    for (const error of result.errors)
      console.log(error.stack ?? error.message ?? String(error.value))
    for (const chunk of [...result.stdout, ...result.stderr]) console.log(String(chunk).trimEnd())
  }

  printsToStdio(): boolean {
    return true
  }
}
