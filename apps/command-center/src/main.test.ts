import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cookieHeader, type PageProcess, startLimitMs, startPageProcess } from './bff/bff-process.fixture.ts'
import { type RecordingEngine, startRecordingEngine } from './bff/recording-engine.fixture.ts'
import { currentBuild } from './build/built-page.ts'

let engine: RecordingEngine
let page: PageProcess
beforeAll(async () => {
  engine = await startRecordingEngine()
  page = await startPageProcess({ API_URL: engine.url })
}, startLimitMs)
afterAll(async () => {
  await page.stop()
  await engine.close()
})

test('the build has these route handlers and no other, and rewrites nothing', async () => {
  const built = (await currentBuild()) ?? ''
  const read = async (name: string) => JSON.parse(await readFile(join(built, name), 'utf8'))
  const paths = Object.entries((await read('server/app-paths-manifest.json')) as Record<string, string>)
  const handlers = paths.map(([name]) => name).filter((name) => name.endsWith('/route'))
  expect(handlers.filter((name) => !name.startsWith('/favicon') && !name.startsWith('/icon')).sort()).toEqual([
    '/api/auth/login/route',
    '/api/auth/logout/route',
    '/api/auth/refresh/route',
    '/api/config/route',
    '/api/health/ready/route',
    '/api/health/route',
    '/api/v1/[...path]/route',
  ])
  const { rewrites, redirects } = await read('routes-manifest.json')
  expect([Object.values(rewrites as object).flat(), redirects]).toEqual([[], []])
})

const policy = (nonce: string) =>
  `default-src 'self'; script-src 'self' 'nonce-${nonce}' 'strict-dynamic'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; frame-ancestors 'none'; object-src 'none'; base-uri 'self'; form-action 'self'`
const everywhere = {
  'x-frame-options': 'SAMEORIGIN',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'strict-origin-when-cross-origin',
  'permissions-policy':
    'camera=(), microphone=(), geolocation=(), publickey-credentials-get=(self), publickey-credentials-create=(self)',
}

test.each([
  '/login',
  '/nowhere',
  '/settings',
  '/api/health',
  '/api/v1/auth/me',
  '/api/v1/x/%2e',
  '/_next/static/nothing.js',
])('every header that protects is on %s, with no proxy before it', async (path) => {
  const { headers } = await fetch(`${page.url}${path}`, { redirect: 'manual' })
  expect(Object.fromEntries(headers)).toMatchObject(everywhere)
  expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
  expect([headers.get('x-powered-by'), headers.get('strict-transport-security')]).toEqual([null, null])
})

test('each page has a nonce of its own, and each of its scripts carries it', async () => {
  const nonces = new Set<string>()
  for (const path of ['/login', '/login', '/nowhere']) {
    const answer = await fetch(`${page.url}${path}`)
    const text = await answer.text()
    const nonce = /'nonce-([^']+)'/.exec(answer.headers.get('content-security-policy') ?? '')?.[1] ?? ''
    expect(answer.headers.get('content-security-policy')).toBe(policy(nonce))
    const scripts = text.match(/<script\b[^>]*>/g) ?? []
    expect(scripts.length).toBeGreaterThan(2)
    for (const script of scripts) expect(script).toContain(`nonce="${nonce}"`)
    nonces.add(nonce)
  }
  expect(nonces.size).toBe(3)
})

test('settings take effect when it starts: the same build under another name, behind TLS', async () => {
  const other = await startPageProcess({
    API_URL: engine.url,
    NEXT_PUBLIC_APP_NAME: 'Night </script> Watch',
    NEXT_PUBLIC_APP_VERSION: '7',
    NEXT_PUBLIC_API_URL: 'https://elsewhere.example/api',
    ALLOWED_HOSTS: 'ops.example.com',
    TRUSTED_PROXIES: '127.0.0.0/8',
  })
  try {
    const proxied = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'ops.example.com' }
    const answer = await fetch(`${other.url}/login`, { headers: proxied })
    expect(answer.headers.get('strict-transport-security')).toMatch(/^max-age=\d+$/)
    expect(Object.fromEntries(answer.headers)).toMatchObject(everywhere)
    const config = { apiUrl: '/api/v1', appName: 'Night </script> Watch', appVersion: '7' }
    expect(await (await fetch(`${other.url}/api/config`, { headers: proxied })).json()).toEqual({
      ...config,
      isPlainHttp: false,
    })
    const plain = await fetch(`${other.url}/api/config`, { headers: { ...proxied, 'x-forwarded-proto': 'http' } })
    expect(await plain.json()).toEqual({ ...config, isPlainHttp: true })
    const inline = /<script id="public-config"[^>]*>(.*?)<\/script>/.exec(await answer.text())?.[1] ?? ''
    expect(JSON.parse(inline)).toMatchObject(config)
    expect(other.said()).toContain('NEXT_PUBLIC_API_URL must be a path of this server')
  } finally {
    await other.stop()
  }
})

test('it ends when it is told to, or left alone, and open streams with it', async () => {
  engine.reply(
    '/events',
    (_, response) => void response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n'),
  )
  for (const end of ['stop', 'leave'] as const) {
    const other = await startPageProcess({ API_URL: engine.url })
    const open = await fetch(`${other.url}/api/v1/events`, { headers: cookieHeader(engine.issue()) })
    const before = Date.now()
    expect(await other[end]()).toBe(0)
    expect(Date.now() - before).toBeLessThan(3000)
    await open.text().catch(() => {})
  }
})

test('a port that is taken, and a setting that is wrong, are told to whoever started it', async () => {
  await expect(startPageProcess({ PORT: new URL(page.url).port })).rejects.toThrow('EADDRINUSE')
  await expect(startPageProcess({ API_URL: 'nowhere' })).rejects.toThrow('API_URL')
})
