import { once } from 'node:events'
import { Agent, request as ask } from 'node:http'
import { defineEndpoint } from '@fairlead/contract/endpoints/define-endpoint'
import { createLogger } from '@fairlead/service-kit/logger'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { parseConfig } from '../config.ts'
import { buildServer } from './build-server.ts'

test('a client that keeps its connection does not hold up a server that closes', async () => {
  const begun = Promise.withResolvers<void>()
  const mayEnd = Promise.withResolvers<void>()
  const slow = defineEndpoint({ method: 'GET', path: '/slow', access: 'none', answers: 'json', output: z.unknown() })
  const server = await buildServer({
    config: parseConfig({ DEBUG: 'true' }),
    endpoints: { slow },
    handlers: {
      slow: async () => {
        begun.resolve()
        await mayEnd.promise
        return {}
      },
    },
    watchSession: () => () => {},
    authenticate: async () => undefined,
    limit: undefined,
    log: createLogger({ name: 'test', level: 'silent' }),
  })
  const url = await server.listen({ host: '127.0.0.1', port: 0 })
  const agent = new Agent({ keepAlive: true })
  const answered = once(ask(`${url}/api/v1/slow`, { agent }).end(), 'response')
  await begun.promise
  const closed = server.close()
  await expect.poll(() => server.server.listening).toBe(false)
  mayEnd.resolve()
  const [response] = await answered
  response.resume()
  await closed
  expect(response.statusCode).toBe(200)
  agent.destroy()
})
