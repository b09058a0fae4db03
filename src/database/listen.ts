import pg from 'pg'

export interface Listening {
  close(): Promise<void>
}

interface Options {
  /** Whose settings are used; its connections are not. */
  readonly pool: pg.Pool
  readonly channel: string
  readonly heard: () => void
}

const SHORTEST_WAIT = 250
const LONGEST_WAIT = 5_000

/**
 * Hears the notifications of a channel on a connection of its own, which is opened anew when it breaks.
 *
 * What is told meanwhile is lost: a notification is a hint to look, and whoever hears it must also
 * look without one.
 */
export function listen(options: Options): Listening {
  let client: pg.Client | null = null
  let timer: NodeJS.Timeout | undefined
  let wait = SHORTEST_WAIT
  let closed = false

  async function open(): Promise<void> {
    const opened = connectionLike(options.pool)
    client = opened
    opened.on('notification', options.heard)
    opened.on('error', () => undefined)
    opened.once('end', again)
    try {
      await opened.connect()
      await opened.query(`LISTEN ${pg.escapeIdentifier(options.channel)}`)
      wait = SHORTEST_WAIT
      options.heard()
    } catch {
      // The address may be wrong or the database away: whoever uses it says so, here it is tried again.
      await opened.end().catch(() => undefined)
      again()
    }
  }

  function again(): void {
    if (closed || timer) return
    timer = setTimeout(() => {
      timer = undefined
      void open()
    }, wait)
    timer.unref()
    wait = Math.min(wait * 2, LONGEST_WAIT)
  }

  void open()
  return {
    close: async () => {
      closed = true
      clearTimeout(timer)
      await client?.end().catch(() => undefined)
    },
  }
}

function connectionLike({ options }: pg.Pool): pg.Client {
  const { connectionString = '', connectionTimeoutMillis, keepAlive = true } = options
  return new pg.Client({
    connectionString,
    ...(connectionTimeoutMillis !== undefined && { connectionTimeoutMillis }),
    keepAlive,
    application_name: 'sojourn-feed',
  })
}
