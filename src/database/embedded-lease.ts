import pg from 'pg'
import { type Cluster, clusterUrl } from './embedded-cluster.ts'

/** Every process that uses an embedded server holds this lock, shared, on a connection of its own. */
const USERS = 7_265_001
const CREATION = 7_265_002

/** A held place among the server's users; it is given up by the kernel when its process is killed. */
export interface Lease {
  /** Called once if the connection dies before it is ended. */
  onLost(listener: () => void): void
  /** Gives the place up and tells whether nobody else holds one; if so, nobody gets one until the end. */
  isLast(): Promise<boolean>
  end(): Promise<void>
}

/** Joins the server's users and sees to it that the product's database exists. */
export async function takeLease(cluster: Cluster, database: string): Promise<Lease> {
  const client = new pg.Client({
    connectionString: clusterUrl(cluster, 'postgres').reveal(),
    application_name: 'sojourn-lease',
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
  })
  // Without a listener the connection's death would end the process.
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query('SELECT pg_advisory_lock_shared($1)', [USERS])
    await mustBeOurs(client, cluster)
    await createDatabase(client, database)
  } catch (error) {
    await client.end().catch(() => undefined)
    throw error
  }
  return leaseOver(client)
}

function leaseOver(client: pg.Client): Lease {
  let ended = false
  return {
    onLost: (listener) => {
      client.once('end', () => {
        if (!ended) listener()
      })
    },
    isLast: async () => {
      ended = true
      await client.query('SELECT pg_advisory_unlock_shared($1)', [USERS])
      const { rows } = await client.query('SELECT pg_try_advisory_lock($1) AS last', [USERS])
      return rows[0].last
    },
    end: async () => {
      ended = true
      await client.end().catch(() => undefined)
    },
  }
}

/** The socket's folder may have been copied along with another data folder. */
async function mustBeOurs(client: pg.Client, cluster: Cluster): Promise<void> {
  const { rows } = await client.query("SELECT current_setting('data_directory') AS folder")
  if (rows[0].folder === cluster.data) return
  throw new Error(`the server on ${cluster.socketFolder} serves ${rows[0].folder}`)
}

async function createDatabase(client: pg.Client, name: string): Promise<void> {
  await client.query('SELECT pg_advisory_lock($1)', [CREATION])
  const { rows } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name])
  if (rows.length === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`)
  await client.query('SELECT pg_advisory_unlock($1)', [CREATION])
}
