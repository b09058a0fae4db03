import { running } from './global-setup.ts'
import { stopTestServer } from './test-server.ts'

export default async function globalTeardown(): Promise<void> {
  if (running.current) await stopTestServer(running.current)
}
