import { defineConfig } from 'playwright/test'
import { launchOptions } from './test/support/chromium.ts'

export default defineConfig({
  testDir: 'test',
  outputDir: 'test-results',
  globalSetup: './test/support/global-setup.ts',
  globalTeardown: './test/support/global-teardown.ts',
  fullyParallel: false,
  forbidOnly: true,
  workers: 2,
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 10_000 },
  reporter: [['./test/support/reporter.ts']],
  projects: [
    { name: 'server', testMatch: '**/*.test.ts' },
    {
      name: 'browser',
      testMatch: '**/*.spec.ts',
      use: { browserName: 'chromium', launchOptions: await launchOptions() },
    },
  ],
})
