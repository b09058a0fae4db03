import { startTestServer } from './test-server.ts'

/** Workers find the run's PostgreSQL by this variable; the returned function ends it after the last test. */
export default async function globalSetup(): Promise<void> {
  const started = await startTestServer()
  process.env.SOJOURN_TEST_DATABASE = started.server.url.reveal()
  running.current = started
}

export const running: { current: Awaited<ReturnType<typeof startTestServer>> | null } = {
  current: null,
}
