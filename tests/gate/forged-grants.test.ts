import { generateKeyPairSync } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { metaKeys, type ToolAnswer } from '@fairlead/contract/tool-meta'
import { writesIn } from '@fairlead/testing/cluster-writes'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDice, seed } from './dice.fixture.ts'
import { type Installation, startInstallation } from './installation.fixture.ts'
import { type PreparedWrite, prepareWrite } from './random-write.fixture.ts'
import { type Arguments, type Claims, callTool, claimsFor, previewTool, signed } from './tool-caller.fixture.ts'

let all: Installation
let namespace: string
let servers: { url: string; token: string }[]
let write: PreparedWrite
let args: Arguments
let preview: ToolAnswer

beforeAll(async () => {
  all = await startInstallation({ replicas: 2 })
  namespace = await all.apiServer.newNamespace('gate')
  servers = all.toolServers.map((url) => ({ url, token: all.toolToken }))
  write = await prepareWrite(all.apiServer, namespace, createDice(seed), 'scale')
  args = write.call.args as Arguments
  preview = await previewTool(server(0), write.call.name, args)
  // Grants carry whole seconds: one of the second in which the store began counts as older than it.
  await sleep(1_000 - (Date.now() % 1_000))
}, 180_000)
afterAll(() => all?.close(), 60_000)

const server = (replica: number) => servers[replica] as { url: string; token: string }
const good = (changes: Claims = {}): Claims => ({ ...claimsFor(write.call.name, args, preview), ...changes })
const send = (grant: unknown, at: { replica?: number; tool?: string; args?: Arguments } = {}) => {
  const meta = grant === undefined ? {} : { [metaKeys.grant]: grant }
  return callTool(server(at.replica ?? 0), at.tool ?? write.call.name, at.args ?? args, meta)
}

const strangersKey = { ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }), kid: 'stranger' }
const now = () => Math.floor(Date.now() / 1000)

const forgeries: { what: string; why: string; send: () => Promise<ToolAnswer> }[] = [
  { what: 'no grant', why: 'missing', send: () => send(undefined) },
  { what: 'no JWS', why: 'malformed', send: () => send('approved by the boss') },
  { what: 'a key nobody knows', why: 'unknown_key', send: () => send(signed(good(), strangersKey)) },
  {
    what: 'another key under the name of ours',
    why: 'bad_signature',
    send: () => send(signed(good(), { ...strangersKey, kid: all.grantKey.kid })),
  },
  {
    what: 'claims changed after the signature',
    why: 'bad_signature',
    send: () => {
      const [head, , signature] = signed(good({ exp: now() - 600 }), all.grantKey).split('.')
      return send(`${head}.${Buffer.from(JSON.stringify(good())).toString('base64url')}.${signature}`)
    },
  },
  {
    what: 'no algorithm',
    why: 'malformed',
    send: () => send(`${signed(good(), all.grantKey, { alg: 'none' }).split('.').slice(0, 2).join('.')}.`),
  },
  {
    what: 'expired',
    why: 'expired',
    send: () => send(signed(good({ iat: now() - 200, exp: now() - 140 }), all.grantKey)),
  },
  {
    what: 'from the future',
    why: 'not_yet',
    send: () => send(signed(good({ iat: now() + 600, exp: now() + 660 }), all.grantKey)),
  },
  {
    what: 'for another server',
    why: 'wrong_audience',
    send: () => send(signed(good({ aud: 'another' }), all.grantKey)),
  },
  { what: 'for another tool', why: 'wrong_tool', send: () => send(signed(good({ tool: 'k8s_delete' }), all.grantKey)) },
  {
    what: 'for other arguments',
    why: 'wrong_arguments',
    send: () => send(signed(good(), all.grantKey), { args: { ...args, replicas: 7 } }),
  },
]

test.each(forgeries)('refused, and the cluster saw no write: $what', async ({ why, send: sendIt }) => {
  const answer = await sendIt()
  expect(answer).toMatchObject({ error: true, data: { grant_error: why } })
  expect(await writesIn(all.apiServer, [namespace])).toEqual([])
})

test('a grant for another effect is stale, and the cluster saw no write', async () => {
  const answer = await send(signed(good({ effect_digest: '0'.repeat(64) }), all.grantKey))
  expect(answer).toMatchObject({ error: true, outcome: 'stale' })
  expect(await writesIn(all.apiServer, [namespace])).toEqual([])
})

test('a good grant works once, on whichever replica it comes to first', async () => {
  const grant = signed(good(), all.grantKey)
  const answers = await Promise.all([0, 1, 0, 1, 0, 1].map((replica) => send(grant, { replica })))
  expect(answers.filter(({ outcome }) => outcome === 'succeeded')).toHaveLength(1)
  const refused = answers.filter(({ error }) => error)
  expect(refused.map(({ data }) => data)).toEqual(Array(5).fill({ grant_error: 'used' }))
  for (const replica of [0, 1]) {
    expect(await send(grant, { replica })).toMatchObject({ error: true, data: { grant_error: 'used' } })
  }
  expect(await write.isDone()).toBe(true)
  expect(await writesIn(all.apiServer, [namespace])).toHaveLength(1)
})
