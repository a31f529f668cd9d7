import type { EndpointShape } from '@fairlead/contract/endpoints/define-endpoint'
import { type Endpoints, endpoints } from '@fairlead/contract/endpoints/endpoints'
import { createLogger } from '@fairlead/service-kit/logger'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildServer } from './build-server.ts'
import type { Handlers } from './handlers.ts'

const all: [string, EndpointShape][] = Object.entries(endpoints)
const guarded = all.filter(([, { access }]) => access !== 'none' && access !== 'refresh-cookie')
const called: string[] = []
let app: FastifyInstance

beforeAll(async () => {
  const handlers = Object.fromEntries(
    all.map(([name]) => [
      name,
      async () => {
        called.push(name)
        throw new Error('secret of the handler')
      },
    ]),
  )
  app = await buildServer({
    config: {
      API_V1_STR: '/api/v1',
      DEBUG: false,
      CORS_ALLOWED_ORIGINS: [],
      ALLOWED_HOSTS: [],
      TRUSTED_PROXIES: [],
      PUBLIC_URL: 'http://a',
    },
    endpoints,
    handlers: handlers as unknown as Handlers<Endpoints>,
    log: createLogger({ name: 'test', level: 'silent' }),
    watchSession: () => () => {},
    authenticate: async () => undefined,
  })
})
afterAll(() => app.close())

const ask = ({ method, path, atRoot }: EndpointShape, headers: Record<string, string>, slash = '') =>
  app.inject({ method, url: `${atRoot ? '' : '/api/v1'}${path.replace(/:\w+/g, 'x')}${slash}`, headers })

test.each(guarded)(
  '%s is for nobody without a credential that counts, in both forms of its path',
  async (_, endpoint) => {
    called.length = 0
    for (const headers of [{}, { authorization: 'Bearer bad' }, { authorization: 'Basic x' }])
      for (const slash of ['', '/']) {
        const answer = await ask(endpoint, headers as Record<string, string>, slash)
        expect([answer.statusCode, answer.json()]).toEqual([401, { detail: 'Unauthorized' }])
      }
    const ofAnotherSite = await ask(endpoint, { cookie: 'auth_token=x', origin: 'http://evil.example' })
    expect(ofAnotherSite.statusCode).toBe(endpoint.method === 'GET' ? 401 : 403)
    expect(called).toEqual([])
  },
)

test.each(all.filter((entry) => !guarded.includes(entry)))(
  '%s, open to all, tells nothing of a bug',
  async (_, endpoint) => {
    const answer = await ask(endpoint, { authorization: 'Bearer bad' })
    if (endpoint.input) expect(answer.statusCode).toBe(422)
    else expect([answer.statusCode, answer.body]).toEqual([500, '{"detail":"Internal Server Error"}'])
  },
)

test('nothing but what is meant to be open is open', () => {
  const open = all.filter((entry) => !guarded.includes(entry)).map(([name]) => name)
  expect(open.toSorted()).toEqual(
    [
      'login',
      'register',
      'requestVerifyToken',
      'verify',
      'isAdminUser',
      'refresh',
      'logout',
      'health',
      'healthDatabase',
      'healthReady',
      'jwks',
    ].toSorted(),
  )
})
