import { expect, test } from 'vitest'
import { Answered } from './answered.ts'
import type { Call } from './handlers.ts'
import { type HealthPorts, healthHandlers } from './health-handlers.ts'

const well: HealthPorts = {
  pingDatabase: async () => {},
  redis: async () => 'ok',
  mcp: async () => 'ok',
  checkpointer: 'postgres',
  sealerLag: async () => 0.2,
  isStopping: () => false,
}
const failing = async () => {
  throw new Error('connect ECONNREFUSED 10.0.0.1:5432')
}
const answerOf = async (name: 'healthReady' | 'healthDatabase', ports: Partial<HealthPorts>) => {
  const answer = await healthHandlers({ ...well, ...ports })[name]({} as Call<never>)
  return answer instanceof Answered ? [answer.status ?? 200, answer.body] : [200, answer]
}

test.each([
  ['all is well', {}, 200, { database: 'ok', redis: 'ok', mcp: 'ok', checkpointer: 'postgres', audit: 'ok' }],
  ['the database is away', { pingDatabase: failing }, 503, { database: 'error', audit: 'unknown' }],
  ['the tool server is away', { mcp: failing }, 503, { mcp: 'error' }],
  ['Redis is away', { redis: failing }, 200, { redis: 'error' }],
  ['the sealer is behind', { sealerLag: async () => 61.3 }, 200, { audit: '61 s behind' }],
  ['the engine stops', { isStopping: () => true }, 503, {}],
])('ready when %s', async (_, ports, status, checks) => {
  expect(await answerOf('healthReady', ports)).toMatchObject([
    status,
    { status: status === 200 ? 'ready' : 'error', checks },
  ])
})

test('the database is reported without a word of its error', async () => {
  expect(await answerOf('healthDatabase', {})).toEqual([200, { status: 'ok', database: 'connected' }])
  expect(await answerOf('healthDatabase', { pingDatabase: failing })).toEqual([
    503,
    { status: 'error', database: 'disconnected' },
  ])
})
