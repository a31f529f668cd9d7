import { expect, test } from 'vitest'
import { buildEnvironment, parseConfig, settingWarnings } from './config.ts'

test('everything has a default that a container can run with', () => {
  expect(parseConfig({})).toEqual({
    HOST: '0.0.0.0',
    PORT: 3000,
    LOG_LEVEL: 'info',
    API_URL: 'http://127.0.0.1:8080/api/v1',
    ALLOWED_HOSTS: [],
    TRUSTED_PROXIES: [],
    APP_VERSION: 'dev',
    NEXT_PUBLIC_API_URL: '/api/v1',
    NEXT_PUBLIC_APP_NAME: 'Fairlead',
  })
})

test.each([
  ['/api/v1', '/api/v1', 0],
  ['/ops/api/v1/', '/ops/api/v1', 0],
  ['https://engine.example/api/v1', '/api/v1', 1],
  ['//engine.example/api/v1', '/api/v1', 1],
  ['engine.example', '/api/v1', 1],
  ['/api?x', '/api/v1', 1],
])('a browser is told of no address but a path of this server: %s', (NEXT_PUBLIC_API_URL, used, warnings) => {
  expect(parseConfig({ NEXT_PUBLIC_API_URL }).NEXT_PUBLIC_API_URL).toBe(used)
  expect(settingWarnings({ NEXT_PUBLIC_API_URL })).toHaveLength(warnings)
})

test.each([
  [{ HOST: '0.0.0.0' }, 1],
  [{ HOST: '0.0.0.0', ALLOWED_HOSTS: 'box.local' }, 0],
  [{ HOST: '::', PUBLIC_URL: 'https://ops.example.com' }, 0],
  [{ HOST: '127.0.0.1' }, 0],
  [{}, 0],
])('whoever opens it to others under no name is told: %j', (env, warnings) => {
  expect(settingWarnings(env)).toHaveLength(warnings)
})

test('all faults are told together', () => {
  const env = { PORT: '70000', API_URL: 'ftp://x', TRUSTED_PROXIES: '10.0.0.0/99', LOG_LEVEL: 'loud', PUBLIC_URL: 'x' }
  const hosts = { ALLOWED_HOSTS: 'ops.example.com, *' }
  const names = /PORT.*LOG_LEVEL.*API_URL.*PUBLIC_URL.*ALLOWED_HOSTS.*TRUSTED_PROXIES/s
  expect(() => parseConfig({ ...env, ...hosts })).toThrow(names)
})

test('a build sees nothing of what a person has set', () => {
  const env = buildEnvironment({ PATH: '/bin', NEXT_PUBLIC_APP_NAME: 'x', JWT_SECRET: 'y' })
  expect(env).toEqual({ PATH: '/bin', NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' })
})
