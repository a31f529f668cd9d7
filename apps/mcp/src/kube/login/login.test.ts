import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLogin, type Login } from './login.ts'
import { parseKubeconfig } from './parse-kubeconfig.ts'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-login-'))
  await Promise.all(['ca', 'cert', 'key', 'token'].map((name) => writeFile(join(folder, name), `${name} of a file\n`)))
})
afterAll(() => rm(folder, { recursive: true }))

function loginOf(user: object, cluster: object = {}): () => Promise<Login> {
  const text = JSON.stringify({
    clusters: [{ name: 'c', cluster: { server: 'https://c.example', ...cluster } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  })
  const config = parseKubeconfig(text, join(folder, 'config'))
  return createLogin(async () => config)
}

const base64 = (text: string) => Buffer.from(text).toString('base64')
/** A program that gives a login, as those of the clouds do. */
const program = (status: object) => ({
  exec: { command: process.execPath, args: ['-p', JSON.stringify(JSON.stringify({ status }))], env: [] },
})

test.for<[string, object, Record<string, string>]>([
  ['nobody', {}, {}],
  ['a token', { token: 'abc' }, { Authorization: 'Bearer abc' }],
  ['a token in a file', { tokenFile: 'token', token: 'old' }, { Authorization: 'Bearer token of a file' }],
  ['a password', { username: 'me', password: 'p' }, { Authorization: `Basic ${base64('me:p')}` }],
  [
    'a token as somebody else',
    { token: 'abc', as: 'jane' },
    { Authorization: 'Bearer abc', 'Impersonate-User': 'jane' },
  ],
  ['a program', program({ token: 'given' }), { Authorization: 'Bearer given' }],
])('%s: the headers', async ([, user, headers]) => {
  expect((await loginOf(user)()).headers).toEqual(headers)
})

test.for<[string, object, object, Record<string, string | boolean>]>([
  ['nothing said', {}, {}, {}],
  [
    'files',
    { 'client-certificate': 'cert', 'client-key': 'key' },
    { 'certificate-authority': 'ca' },
    {
      ca: 'ca of a file\n',
      cert: 'cert of a file\n',
      key: 'key of a file\n',
    },
  ],
  [
    'data',
    { 'client-certificate-data': base64('C'), 'client-key-data': base64('K') },
    {
      'certificate-authority-data': base64('A'),
    },
    { ca: 'A', cert: 'C', key: 'K' },
  ],
  ['a program', program({ clientCertificateData: 'C', clientKeyData: 'K' }), {}, { cert: 'C', key: 'K' }],
  ['a name of its own', {}, { 'tls-server-name': 'other' }, { servername: 'other' }],
  ['not verified', {}, { 'insecure-skip-tls-verify': true }, { rejectUnauthorized: false }],
])('%s: the connection', async ([, user, cluster, expected]) => {
  const { tls } = await loginOf(user, cluster)()
  const said = Object.entries(tls).filter(([, value]) => value !== undefined)
  expect(Object.fromEntries(said.map(([name, value]) => [name, value === false ? false : String(value)]))).toEqual(
    expected,
  )
})

test('a token that is replaced in its file is the next login', async () => {
  const logIn = loginOf({ tokenFile: 'rotating' })
  await writeFile(join(folder, 'rotating'), 'first')
  expect((await logIn()).headers.Authorization).toBe('Bearer first')
  await writeFile(join(folder, 'new'), 'second')
  await rename(join(folder, 'new'), join(folder, 'rotating'))
  expect((await logIn()).headers.Authorization).toBe('Bearer second')
})

test.for(['http://proxy.example:3128', 'socks5://proxy.example:1080'])('%s is gone through', async (proxy) => {
  const { connect, tls } = await loginOf({ token: 'abc' }, { 'proxy-url': proxy })()
  expect(tls.agent).toBeDefined()
  await (await connect?.())?.close()
  expect(connect).toBeDefined()
})

test('a token is not sent in the clear, unless the kubeconfig says so', async () => {
  await expect(loginOf({ token: 'abc' }, { server: 'http://c.example' })()).rejects.toThrow(
    'http://c.example is not HTTPS, and its kubeconfig does not say insecure-skip-tls-verify',
  )
  const allowed = { server: 'http://c.example', 'insecure-skip-tls-verify': true }
  expect((await loginOf({ token: 'abc' }, allowed)()).headers).toEqual({ Authorization: 'Bearer abc' })
})

test.for([
  ['- a list: of\n  nothing: known\n :', /./],
  ['', /config is not a kubeconfig/],
  ['just words', /config is not a kubeconfig/],
  ['users: [{user: {token: "sec', /^(?!.*sec)/s],
  ['clusters: [{name: a}]', /clusters\[0\]\.cluster is missing/],
] as const)('%j is no kubeconfig, and what it holds is not repeated', ([text, message]) => {
  expect(() => parseKubeconfig(text, '/tmp/config')).toThrow(message)
})
