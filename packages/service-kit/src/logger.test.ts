import { randomBytes } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import { createLogger } from './logger.ts'

const secret = randomBytes(24).toString('hex')
let lines: string[]
const destination = { write: (line: string) => void lines.push(line) }
beforeEach(() => {
  lines = []
})

describe('a log line', () => {
  test('is JSON with the name of the service and what the child is bound to', () => {
    createLogger({ name: 'engine', level: 'info', destination }).child({ runId: 'r1' }).info({ count: 3 }, 'started')
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ name: 'engine', runId: 'r1', count: 3, msg: 'started' })
  })

  test('below the level is not written', () => {
    createLogger({ name: 'engine', level: 'warn', destination }).info('quiet')
    expect(lines).toEqual([])
  })

  test.each([
    ['a password field', { password: secret }],
    ['a field deep inside', { request: { headers: { authorization: `Bearer ${secret}` } } }],
    ['a list of cookies', { headers: { 'set-cookie': [`session=${secret}`, `other=${secret}`] } }],
    ['the password in a URL', { url: `postgres://fairlead:${secret}@db:5432/fairlead` }],
    ['the password in a Redis URL without user', { url: `redis://:${secret}@cache:6379` }],
    ['a key named by its provider', { OPENAI_API_KEY: secret }],
    ['a provider key in prose', { note: `called with sk-${secret}` }],
    ['a bearer header in an error', { err: new Error(`401 for Authorization: Bearer ${secret}`) }],
    ['a private key', { pem: `-----BEGIN EC PRIVATE KEY-----\n${secret}\n-----END EC PRIVATE KEY-----` }],
    [
      'a private key of another kind',
      { pem: `-----BEGIN PGP PRIVATE KEY BLOCK-----\n${secret}\n-----END PGP PRIVATE KEY BLOCK-----` },
    ],
    ['a bearer at the beginning of a line', { note: `401\nBearer ${secret}` }],
    ['a provider key behind a tab', { note: `called with\tsk-${secret}` }],
    ['a password in a URL in JSON within JSON', { body: JSON.stringify({ note: `at\npostgres://shop:${secret}@db` }) }],
    ['a value with quotes', { token: `a"b\\${secret}` }],
  ])('does not hold %s, and stays JSON', (_, fields) => {
    createLogger({ name: 'engine', level: 'info', destination }).info(fields, 'said')
    expect(lines.join()).not.toContain(secret)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ msg: 'said' })
  })

  test('keeps what only looks alike', () => {
    const fields = { tokens: 512, url: 'http://127.0.0.1:3000/api/v1', user: 'ada@example.com' }
    createLogger({ name: 'engine', level: 'info', destination }).info(fields)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject(fields)
  })

  test('takes a time that grows with its length, whatever is in it', () => {
    const started = performance.now()
    for (const piece of ['a-', 'eyJ-', 'secret', '"token":[', 'x://', '-----BEGIN PRIVATE KEY-----', 'bearer ']) {
      createLogger({ name: 'engine', level: 'info', destination }).info({ note: piece.repeat(50_000) })
    }
    expect(performance.now() - started).toBeLessThan(2000)
  })
})
