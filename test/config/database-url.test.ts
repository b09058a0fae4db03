import { expect, test } from 'playwright/test'
import { isDatabaseUrl, isPrivateTransport } from '../../src/config/database-url.ts'

test.describe('a database URL', () => {
  test('is PostgreSQL’s', () => {
    expect(isDatabaseUrl('postgres://u:p@h/db')).toBe(true)
    expect(isDatabaseUrl('postgresql://u:p@/db?host=/run/postgresql')).toBe(true)
    for (const text of ['mysql://h/db', 'postgresql:h', 'h/db', '', '/run/postgresql db'])
      expect(isDatabaseUrl(text), text).toBe(false)
  })
})

test.describe('the way to the database', () => {
  const safe = [
    'postgresql://h/db?sslmode=verify-full',
    'postgresql://h/db?sslrootcert=/ca.pem&sslmode=verify-full',
    'postgresql://localhost/db',
    'postgresql://127.0.0.1:5432/db',
    'postgresql://127.8.9.10/db?sslmode=disable',
    'postgresql://[::1]/db',
    'postgresql:///db?host=/run/postgresql',
    'postgresql://u:p@/db?host=/run/postgresql',
    'postgresql://%2Frun%2Fpostgresql/db',
  ]
  for (const url of safe) {
    test(`is safe with ${url}`, () => {
      expect(isPrivateTransport(url)).toBe(true)
    })
  }

  const unsafe = [
    'postgresql://h/db',
    'postgresql://h/db?sslmode=require',
    'postgresql://h/db?sslmode=verify-ca',
    'postgresql://h/db?sslmode=no-verify',
    'postgresql://h/db?sslmode=VERIFY-FULL',
    'postgresql://h/db?sslmode=verify-full&sslmode=disable',
    'postgresql://h/db?sslmode=verify-full&ssl=0',
    'postgresql://localhost/db?host=h',
    'postgresql://h/db?host=localhost',
    'postgresql://localhost/db?host=/run/postgresql&host=h',
    'postgresql:///db',
    'postgresql://localhost.example.com/db',
    'postgresql://10.0.0.1/db',
    'postgresql://h/sslmode=verify-full',
    'postgresql://h/db#?sslmode=verify-full',
  ]
  for (const url of unsafe) {
    test(`is open with ${url}`, () => {
      expect(isPrivateTransport(url)).toBe(false)
    })
  }
})
