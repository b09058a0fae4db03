import { followOutcomes } from '../monitoring/outcome.ts'

/** Resolves when the database begins another life than the one that this process works in. */
export function incarnationChange(): { readonly heard: Promise<'ousted'>; release(): void } {
  const heard = Promise.withResolvers<'ousted'>()
  const release = followOutcomes(({ kind }) => {
    if (kind === 'incarnation_changed') heard.resolve('ousted')
  })
  return { heard: heard.promise, release }
}
