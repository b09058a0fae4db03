/** Where a session is used. What is not known is left out: a session goes on with limited context. */
export interface Context {
  readonly address?: string
  readonly userAgent?: string
  readonly deviceId?: string
}

const LONGEST = 512

/** A context whose texts fit their column, whatever a header held. */
export function boundContext(context: Context): Context {
  return Object.fromEntries(
    Object.entries(context).flatMap(([name, value]) =>
      typeof value === 'string' && value !== ''
        ? [[name, value.slice(0, LONGEST).toWellFormed()]]
        : [],
    ),
  )
}
