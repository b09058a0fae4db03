import type { Config } from '../config/config.ts'

type Ports = Pick<Config, 'listen' | 'demoPorts'>

/** What could not listen because its port is taken, and the key that gives it another; else the error itself. */
export function explainTaken(error: unknown, { listen, demoPorts }: Ports): unknown {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'EADDRINUSE') return error
  const places = [
    { who: 'the server', key: 'listen.port', port: listen.port },
    { who: 'the sample application Notes', key: 'demo_ports.notes', port: demoPorts.notes },
    { who: 'the sample application Billing', key: 'demo_ports.billing', port: demoPorts.billing },
  ]
  const place = places.find(({ port }) => 'port' in error && error.port === port)
  if (!place) return error
  const { who, key, port } = place
  const message = `port ${port} of ${who} (${key}) is taken: is it already running?`
  return new Error(message, { cause: error })
}
