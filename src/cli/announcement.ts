import type { Config } from '../config/config.ts'
import { type Answer, table } from './answer.ts'
import type { DemoApp } from './demo-clients.ts'
import { PEOPLE } from './demo-data.ts'

/** What a server says of itself when it is ready; of the demonstration everything that one needs to try it. */
export function announcement(config: Config, apps: readonly DemoApp[]): Answer {
  const { issuer, listen } = config
  const data = { issuer, listen }
  const ready = `Sojourn is ready at ${issuer}`
  if (apps.length === 0) return { data, text: ready }
  const people = PEOPLE.map(({ username, password, roles }) => ({ username, password, roles }))
  return {
    data: { ...data, apps: apps.map(({ name, address }) => ({ name, address })), people },
    text: [
      '',
      ready,
      '',
      places(issuer, apps),
      '',
      'Log in as one of these (demonstration only):',
      '',
      persons(),
      '',
    ].join('\n'),
  }
}

function places(issuer: string, apps: readonly DemoApp[]): string {
  const rows = apps.map(({ name, address }) => [`  ${name}`, address])
  return table([...rows, ['  Account', `${issuer}/account`]])
}

function persons(): string {
  const rows = PEOPLE.map(({ username, password, roles }) => [
    `  ${username}`,
    password,
    Object.entries(roles)
      .map(([slug, names]) => `${slug} (${names.join(', ')})`)
      .join(', '),
  ])
  return table([['  user', 'password', 'workspaces'], ...rows])
}
