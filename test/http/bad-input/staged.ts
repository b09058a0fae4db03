import { test as base } from 'playwright/test'
import { listenToRouters, type Route } from './routes.ts'
import { type Scene, setScene } from './scene.ts'

export interface StagedScene extends Scene {
  /** What the app answers to. */
  readonly heard: ReadonlySet<Route>
}

/** One server for all attacks of a worker: what one of them breaks, the next ones see. */
export const test = base.extend<object, { scene: StagedScene }>({
  scene: [
    async ({}, use) => {
      const heard = await listenToRouters()
      const scene = await setScene()
      await use({ ...scene, heard })
      await scene.close()
    },
    { scope: 'worker' },
  ],
})
