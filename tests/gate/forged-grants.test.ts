import { generateKeyPairSync } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { metaKeys, type ToolAnswer } from '@fairlead/contract/tool/tool-meta'
import { type ApiServer, startApiServer } from '@fairlead/testing/cluster/api-server'
import { writesIn } from '@fairlead/testing/cluster/cluster-writes'
import { isOnSandbox } from '@fairlead/testing/cluster/is-on-sandbox'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDice, seed } from './dice.fixture.ts'
import { type Installation, startInstallation } from './installation.fixture.ts'
import { type PreparedWrite, prepareWrite } from './random-write.fixture.ts'
import { type Arguments, type Claims, callTool, claimsFor, previewTool, signed } from './tool-caller.fixture.ts'

/** Nobody else writes there, so that each write in it, in whatever namespace, counts. The sandbox others write to, too. */
let apiServer: ApiServer
let stop: () => Promise<void> = async () => undefined
let all: Installation
let namespace: string
let servers: { url: string; token: string }[]
let write: PreparedWrite
let args: Arguments
let preview: ToolAnswer

beforeAll(async () => {
  if (isOnSandbox()) apiServer = await sharedApiServer()
  else ({ stop, ...apiServer } = await startApiServer({ audit: 'RequestResponse', kwok: false, controllers: false }))
  all = await startInstallation({ replicas: 2, apiServer })
  namespace = await apiServer.newNamespace('gate')
  servers = all.toolServers.map((url) => ({ url, token: all.toolToken }))
  write = await prepareWrite(apiServer, namespace, createDice(seed), 'scale')
  args = write.call.args as Arguments
  preview = await previewTool(server(0), write.call.name, args)
  // Grants carry whole seconds: one of the second in which the store began counts as older than it.
  await sleep(1_000 - (Date.now() % 1_000))
}, 180_000)
afterAll(async () => {
  await all?.close()
  await stop()
}, 60_000)

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

const writesSeen = () => writesIn(apiServer, isOnSandbox() ? [namespace] : undefined)

/** What the tool servers have asked of the API server meanwhile, whatever it was. */
async function contactsDuring(work: () => Promise<void>): Promise<string[]> {
  const before = all.toCluster.requests.length
  await work()
  return all.toCluster.requests.slice(before).map(({ method, path }) => `${method} ${path}`)
}

test.each(forgeries)('refused before anything was contacted: $what', async ({ why, send: sendIt }) => {
  const contacts = await contactsDuring(async () => {
    expect(await sendIt()).toMatchObject({ error: true, data: { grant_error: why } })
  })
  expect(contacts).toEqual([])
  expect(await writesSeen()).toEqual([])
})

test('all that the tool servers send comes by where it is counted', async () => {
  expect(await contactsDuring(async () => void (await previewTool(server(1), write.call.name, args)))).not.toEqual([])
  expect(await writesSeen()).toEqual([])
})

test('a grant for another effect is stale, and the cluster saw no write', async () => {
  const answer = await send(signed(good({ effect_digest: '0'.repeat(64) }), all.grantKey))
  expect(answer).toMatchObject({ error: true, outcome: 'stale' })
  expect(await writesSeen()).toEqual([])
})

test('a good grant works once, on whichever replica it comes to first', async () => {
  const grant = signed(good(), all.grantKey)
  const answers = await Promise.all([0, 1, 0, 1, 0, 1].map((replica) => send(grant, { replica })))
  expect(answers.filter(({ outcome }) => outcome === 'succeeded')).toHaveLength(1)
  const refused = answers.filter(({ error }) => error)
  expect(refused.map(({ data }) => data)).toEqual(Array(5).fill({ grant_error: 'used' }))
  const contacts = await contactsDuring(async () => {
    for (const replica of [0, 1]) {
      expect(await send(grant, { replica })).toMatchObject({ error: true, data: { grant_error: 'used' } })
    }
  })
  expect(contacts).toEqual([])
  expect(await write.isDone()).toBe(true)
  const writes = (await writesSeen()).map(({ verb, resource, name }) => `${verb} ${resource} ${name}`)
  expect(writes).toEqual(write.requests)
})
