/** What a person is told instead of the page they wanted: a code that `problems.ts` puts into words. */
export class Refusal extends Error {
  readonly code: string
  /** What the provider added, in its own words. */
  readonly detail: string | null

  constructor(code: string, options?: { readonly detail?: string; readonly cause?: unknown }) {
    super(code, options?.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'Refusal'
    this.code = code
    this.detail = options?.detail ?? null
  }
}
