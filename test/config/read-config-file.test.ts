import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'playwright/test'
import { ConfigError } from '../../src/config/config-error.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { readConfigFile } from '../../src/config/read-config-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'sojourn-config-'))
test.afterAll(() => rmSync(folder, { recursive: true }))

test.describe('reading the file', () => {
  test('gives what loadConfig takes', () => {
    const path = join(folder, 'sojourn.yaml')
    writeFileSync(path, '\ufeffdemo: true\n')
    expect(loadConfig({ ...readConfigFile(path), env: {} }).config.demo).toBe(true)
  })

  test('refuses one that is not there, that is a folder, that is not text', () => {
    const binary = join(folder, 'binary.yaml')
    writeFileSync(binary, Buffer.from([0x64, 0xff, 0xfe]))
    for (const path of [join(folder, 'missing.yaml'), folder, binary])
      expect(() => readConfigFile(path), path).toThrow(ConfigError)
  })
})
