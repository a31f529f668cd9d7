import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Tokens } from './session-file.ts'
import { type ReceivedRequest, sendJson, testServer } from './test-server.fixture.ts'
import { createTokens, type TokenStore } from './tokens.ts'

const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds
const jwt = (name: string, seconds = 900) => {
  const claims = { name, iat: inSeconds(0), exp: inSeconds(seconds) }
  return `h.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.s`
}
const bearer = ({ headers }: ReceivedRequest) => headers.authorization?.replace('Bearer ', '')

function kept(first: Tokens): TokenStore & { tokens: Tokens | undefined } {
  const store: TokenStore & { tokens: Tokens | undefined } = {
    tokens: first,
    read: async () => store.tokens,
    write: async (tokens) => {
      store.tokens = tokens
    },
  }
  return store
}

/** Renews as the page does, or as an engine that is asked directly. */
async function serverOf(kind: 'page' | 'engine', live: string[]) {
  const path = kind === 'page' ? '/api/auth/refresh' : '/api/v1/auth/refresh'
  let count = 0
  return await testServer(async (request, response) => {
    if (request.path === path) {
      await sleep(20)
      if (request.headers.cookie !== `refresh_token=r${count}`) return sendJson(response, 401, { detail: 'invalid' })
      count++
      const access = jwt(`a${count}`)
      live.splice(0, live.length, access)
      const cookies = [`auth_token=${access}; HttpOnly; Path=/`, `refresh_token=r${count}; HttpOnly; Path=/`]
      return sendJson(response, 200, { user: {} }, { 'set-cookie': cookies })
    }
    if (request.path.endsWith('/auth/refresh')) return sendJson(response, 404, { detail: 'Not Found' })
    const isLive = live.includes(bearer(request) ?? '')
    return sendJson(response, isLive ? 200 : 401, { body: request.body })
  })
}

test.each(['page', 'engine'] as const)(
  'a token of the %s that is refused is renewed, and the request repeated',
  async (kind) => {
    const live: string[] = []
    await using server = await serverOf(kind, live)
    const first = { email: 'ada@example.com', access: jwt('a0'), refresh: 'r0' }
    const store = kept(first)
    const { authorisedFetch } = createTokens(`${server.url}/api/v1`, first, store)
    const answers = await Promise.all(
      ['1', '2', '3'].map((body) => authorisedFetch(`${server.url}/api/v1/agent/chat`, { method: 'POST', body })),
    )
    expect(await Promise.all(answers.map(async (it) => [it.status, await it.json()]))).toEqual([
      [200, { body: '1' }],
      [200, { body: '2' }],
      [200, { body: '3' }],
    ])
    expect(store.tokens).toEqual({ email: 'ada@example.com', access: live[0], refresh: 'r1' })
    const renewals = server.requests.filter(({ headers }) => headers.cookie !== undefined)
    expect(renewals).toHaveLength(kind === 'page' ? 1 : 2)
    expect(renewals[0]?.headers).toMatchObject({ origin: server.url, 'x-fairlead-csrf': '1' })
  },
)

test('a token that is about to end is renewed before it is sent', async () => {
  const live: string[] = []
  await using server = await serverOf('page', live)
  const first = { email: 'ada@example.com', access: jwt('old', 900), refresh: 'r0' }
  const ending = {
    ...first,
    access: `h.${Buffer.from(JSON.stringify({ iat: inSeconds(-890), exp: inSeconds(10) })).toString('base64url')}.s`,
  }
  const { authorisedFetch } = createTokens(`${server.url}/api/v1`, ending, kept(ending))
  expect((await authorisedFetch(`${server.url}/api/v1/auth/me`)).status).toBe(200)
  expect(server.requests.map(({ path }) => path)).toEqual(['/api/auth/refresh', '/api/v1/auth/me'])
})

test('what another command has renewed is taken, not renewed again', async () => {
  const renewed = { email: 'ada@example.com', access: jwt('theirs'), refresh: 'r7' }
  await using server = await serverOf('page', [renewed.access])
  const { authorisedFetch } = createTokens(
    `${server.url}/api/v1`,
    { ...renewed, access: jwt('a0'), refresh: 'r0' },
    kept(renewed),
  )
  expect((await authorisedFetch(`${server.url}/api/v1/auth/me`)).status).toBe(200)
  expect(server.requests.map(({ path }) => path)).toEqual(['/api/v1/auth/me', '/api/v1/auth/me'])
})

test('a session that has ended stays a 401, and a server in trouble ends none', async () => {
  const first = { email: 'ada@example.com', access: jwt('a0'), refresh: 'r9' }
  await using server = await serverOf('page', [])
  const over = createTokens(`${server.url}/api/v1`, first, kept(first))
  expect((await over.authorisedFetch(`${server.url}/api/v1/auth/me`)).status).toBe(401)
  await using troubled = await testServer(({ path }, response) =>
    sendJson(response, path.endsWith('/refresh') ? 503 : 401, {}),
  )
  const store = kept(first)
  const { authorisedFetch } = createTokens(`${troubled.url}/api/v1`, first, store)
  await expect(authorisedFetch(`${troubled.url}/api/v1/auth/me`)).rejects.toThrow('503')
  expect(store.tokens).toEqual(first)
})
