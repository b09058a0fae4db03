/** What this needs of a logger; never called with a token. */
export interface Log {
  readonly warn: (details: object, message: string) => void
  readonly error: (details: object, message: string) => void
}

export const silentLog: Log = { warn: () => undefined, error: () => undefined }
