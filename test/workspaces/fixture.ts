import { newId, type UserId } from '../../src/ids.ts'
import { createWorkspace } from '../../src/workspaces/create-workspace.ts'
import type { Workspace } from '../../src/workspaces/workspace.ts'
import { test as base, type TestDatabase } from '../support/database.ts'

export { expect } from 'playwright/test'

export const OPERATOR = { kind: 'operator' } as const

interface Given {
  user(username: string): Promise<UserId>
  workspace(slug: string, name?: string): Promise<Workspace>
}

export const test = base.extend<{ given: Given }>({
  given: async ({ database }, use) => use(givenIn(database)),
})

function givenIn({ db, pool }: TestDatabase): Given {
  return {
    user: async (username) => {
      const id: UserId = newId()
      await pool.query('INSERT INTO "user" (id, username) VALUES ($1, $2)', [id, username])
      return id
    },
    workspace: (slug, name = slug) => createWorkspace(db, { slug, name, by: OPERATOR }),
  }
}
