import type pg from 'pg'

/** Every table as `COPY` writes it: what a logical backup of the database holds. */
export async function dumpTables(pool: pg.Pool): Promise<{ table: string; bytes: Buffer }[]> {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) AS name
     FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
  )
  const client = await pool.connect()
  try {
    const dumped = []
    for (const { name } of rows) dumped.push({ table: name, bytes: await copyOut(client, name) })
    return dumped
  } finally {
    client.release()
  }
}

/** The client calls these as the server answers; it has no word of its own for `COPY`. */
function copyOut(client: pg.PoolClient, table: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const query = {
      submit: (connection: { query(text: string): void }) =>
        connection.query(`COPY ${table} TO STDOUT`),
      handleCopyData: ({ chunk }: { chunk: Buffer }) => chunks.push(Buffer.from(chunk)),
      handleCommandComplete: () => undefined,
      handleError: reject,
      handleReadyForQuery: () => resolve(Buffer.concat(chunks)),
    }
    client.query(query as never)
  })
}
