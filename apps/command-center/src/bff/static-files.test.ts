import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compressFiles } from '../build/compress-files.ts'
import { sendRaw } from './bff-process.fixture.ts'
import { readStaticFiles } from './static-files.ts'

const script = `console.log(${JSON.stringify('word '.repeat(1_000))})`
const close: (() => unknown)[] = []
let url = ''

beforeAll(async () => {
  const build = await mkdtemp(join(tmpdir(), 'fairlead-static-'))
  close.push(() => rm(build, { recursive: true }))
  await mkdir(join(build, 'static/chunks'), { recursive: true })
  for (const [name, content] of Object.entries({
    'chunks/a.js': script,
    'a.css': script,
    'short.js': '1',
    'a.txt': script,
  })) {
    await writeFile(join(build, 'static', name), content)
  }
  await compressFiles(join(build, 'static'))
  const serve = await readStaticFiles(build)
  const server = createServer((incoming, response) => {
    if (!serve(incoming.url ?? '', incoming, response)) response.writeHead(404).end('not served')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  close.push(() => server.close())
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(async () => {
  for (const end of close) await end()
})

test.each([
  ['/_next/static/chunks/a.js', 'gzip, deflate, br', 'br'],
  ['/_next/static/chunks/a.js', 'gzip, deflate', 'gzip'],
  ['/_next/static/chunks/a.js', 'br;q=0, gzip;q=0.5', 'gzip'],
  ['/_next/static/a.css', 'br', 'br'],
  ['/_next/static/chunks/a.js', '', undefined],
  ['/_next/static/chunks/a.js', 'identity', undefined],
  ['/_next/static/short.js', 'br', undefined],
  ['/_next/static/a.txt', 'br', undefined],
  ['/_next/static/chunks/a.js.br', 'br', undefined],
  ['/_next/static/chunks/../chunks/a.js', 'br', undefined],
])('%s for a browser that takes %j comes as %s', async (path, accepted, encoding) => {
  const headers: Record<string, string> = accepted === '' ? {} : { 'accept-encoding': accepted }
  const answer = await sendRaw(url, { path, headers })
  expect(answer.headers.get('content-encoding') ?? undefined).toBe(encoding)
  if (encoding === undefined) return expect(answer.status).toBe(404)
  expect(answer.headers.get('vary')).toBe('Accept-Encoding')
  expect(answer.headers.get('cache-control')).toContain('immutable')
  const head = await sendRaw(url, { method: 'HEAD', path, headers })
  expect(head).toMatchObject({ status: 200, body: '' })
  expect(await (await fetch(`${url}${path}`, { headers })).text()).toBe(script)
})
