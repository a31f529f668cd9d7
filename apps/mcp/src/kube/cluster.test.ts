import { once } from 'node:events'
import { mkdtemp, readFile, rename, rm, unlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Caller, serverItself } from './caller.ts'
import { type Cluster, connectCluster } from './cluster.ts'
import { sendOnce } from './http/http.ts'
import { followKubeconfig } from './login/follow-kubeconfig.ts'
import { loadKubeconfig } from './login/load-kubeconfig.ts'
import { execInPod } from './pod-streams/exec-in-pod.ts'

let api: ApiServer
let namespace: string
beforeAll(async () => {
  api = await sharedApiServer()
  namespace = await api.newNamespace('login')
})

let folder: string
let file: string
let faults: string[]
let cluster: Cluster | undefined
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-kubeconfig-'))
  file = join(folder, 'config')
  faults = []
  return () => rm(folder, { recursive: true })
})
afterEach(async () => {
  vi.useRealTimers()
  await cluster?.close()
})

async function tokenOf(name: string): Promise<string> {
  const accounts = `/api/v1/namespaces/${namespace}/serviceaccounts`
  await api.request('POST', accounts, { metadata: { name } })
  const { body } = await api.request('POST', `${accounts}/${name}/token`, { spec: {} })
  return (body as { status: { token: string } }).status.token
}
const account = (name: string) => `system:serviceaccount:${namespace}:${name}`

function kubeconfig(user: object, more: object = {}, context = 'x'): string {
  return JSON.stringify({
    clusters: [{ name: 'c', cluster: { server: api.url, 'certificate-authority': api.caFile, ...more } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: context, context: { cluster: 'c', user: 'u' } }],
    'current-context': context,
  })
}
/** In one piece, as tools do who know that somebody reads. */
async function replace(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text)
  await rename(`${path}.new`, path)
}
async function connected(): Promise<Cluster> {
  const { logins, read } = await loadKubeconfig({ kubeconfig: [file], contexts: undefined })
  const [{ name, config }] = logins
  const report = (fault: string) => void faults.push(fault)
  cluster = connectCluster(config, { name, read: followKubeconfig(config, { read, report }) })
  return cluster
}
/** Who the API server takes the caller for. */
async function whoIs(of: Cluster, caller: Caller = serverItself): Promise<string> {
  const { body } = await sendOnce(of, {
    method: 'POST',
    path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
    contentType: 'application/json',
    body: JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' }),
    caller,
    userAgent: 'fairlead/test',
  })
  return (body as { status: { userInfo: { username: string } } }).status.userInfo.username
}

describe('a kubeconfig that is replaced while the server runs', () => {
  const later = () => vi.setSystemTime(Date.now() + 11_000)
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'] })
  })

  test('is who it logs in as next, with a token, with a certificate', async () => {
    const [blue, green] = [await tokenOf('blue'), await tokenOf('green')]
    await writeFile(file, kubeconfig({ token: blue }))
    const of = await connected()
    expect(await whoIs(of)).toBe(account('blue'))
    await replace(file, kubeconfig({ token: green }))
    expect(await whoIs(of)).toBe(account('blue'))
    later()
    expect(await whoIs(of)).toBe(account('green'))
    const { users } = JSON.parse(await readFile(await api.user('red'), 'utf8'))
    await replace(file, kubeconfig(users[0].user))
    later()
    expect(await whoIs(of)).toBe('red')
    expect(faults).toEqual([])
  })

  test.each([
    ['half written', () => writeFile(file, kubeconfig({ token: 'x' }).slice(0, 40)), ''],
    ['gone', () => unlink(file), 'ENOENT'],
    ['without the context', () => replace(file, kubeconfig({ token: 'x' }, {}, 'other')), 'context "x" has no cluster'],
    [
      'for another address',
      () => replace(file, kubeconfig({ token: 'x' }, { server: 'https://elsewhere.example' })),
      'context "x" leads to another address',
    ],
  ])('keeps the login that it had while the file is %s, and says so', async (_, spoil, sentence) => {
    const [blue, green] = [await tokenOf('blue'), await tokenOf('green')]
    await writeFile(file, kubeconfig({ token: blue }))
    const of = await connected()
    expect(await whoIs(of)).toBe(account('blue'))
    await spoil()
    later()
    expect(await whoIs(of)).toBe(account('blue'))
    expect(faults).toEqual([expect.stringContaining(sentence)])
    expect(faults[0]).toMatch(/the login read before stays$/)
    await replace(file, kubeconfig({ token: green }))
    later()
    expect(await whoIs(of)).toBe(account('green'))
  })

  test('a login that fails is told as what it is, and nothing was sent', async () => {
    const tokenFile = join(folder, 'token')
    await writeFile(tokenFile, await tokenOf('blue'))
    await writeFile(file, kubeconfig({ tokenFile }))
    const of = await connected()
    expect(await whoIs(of)).toBe(account('blue'))
    await unlink(tokenFile)
    later()
    await expect(whoIs(of)).rejects.toMatchObject({
      code: 'Unauthorized',
      message: expect.stringMatching(/^there is no login to the API server at https:.* \(ENOENT/),
    })
    await writeFile(tokenFile, await tokenOf('green'))
    expect(await whoIs(of)).toBe(account('green'))
  })
})

describe('acting as a user', () => {
  const asUser = (user: string, groups: string[] = []): Caller => ({ as: 'impersonate', user, groups })
  beforeEach(async () => {
    await writeFile(file, kubeconfig({ token: api.token }))
  })

  test.each(['jürgen@example.com', 'jÃ¼rgen@example.com', '李雷', 'a b:c/d%41'])(
    'is acting as exactly that one: %s',
    async (user) => {
      expect(await whoIs(await connected(), asUser(user, ['größe']))).toBe(user)
    },
  )

  test('is refused once the kubeconfig says to act as somebody else, and goes on after that', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const of = await connected()
    const become = async (user: object) => {
      await replace(file, kubeconfig({ token: api.token, ...user }))
      vi.setSystemTime(Date.now() + 11_000)
    }
    await become({ as: 'deployer' })
    const refused = { code: 'Refused', message: expect.stringContaining('acts as somebody else already (as)') }
    await expect(whoIs(of, asUser('ada'))).rejects.toMatchObject(refused)
    await expect(of.upgrade({ path: '/', caller: asUser('ada'), userAgent: 'x' })).rejects.toMatchObject(refused)
    expect(await whoIs(of)).toBe('deployer')
    await become({})
    expect(await whoIs(of, asUser('ada'))).toBe('ada')
    expect(faults).toEqual([])
  })

  test('is refused where the client library logs in as somebody else', async () => {
    const status = JSON.stringify(JSON.stringify({ status: { token: api.token } }))
    const exec = { command: process.execPath, args: ['-p', status], env: [] }
    await writeFile(file, kubeconfig({ exec, as: 'deployer' }))
    await expect(whoIs(await connected(), asUser('ada'))).rejects.toMatchObject({ code: 'Refused' })
  })

  test.each<[string, Caller]>([
    ['a user with a space before it', asUser(' system:admin')],
    ['a user with a tab behind it', asUser('system:admin\t')],
    ['a group with a space before it', asUser('ada', ['sre', ' system:masters'])],
    ['a group with a line break', asUser('ada', ['sre\r\nimpersonate-group: system:masters'])],
    ['a group without a name', asUser('ada', [''])],
  ])('is refused for %s', async (_, caller) => {
    await expect(whoIs(await connected(), caller)).rejects.toMatchObject({ code: 'Refused' })
  })
})

describe('behind the proxy of a kubeconfig', () => {
  let opened: string[]
  let proxy: string
  beforeEach(async () => {
    opened = []
    const sockets = new Set<Socket>()
    const server = createServer().on('connect', ({ url = '' }, client: Socket) => {
      opened.push(url)
      const { hostname, port } = new URL(`http://${url}`)
      const upstream = connect(Number(port), hostname, () => client.write('HTTP/1.1 200 OK\r\n\r\n'))
      for (const socket of [client, upstream]) sockets.add(socket.on('error', () => undefined))
      client.pipe(upstream).pipe(client)
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    proxy = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    return () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    }
  })

  test('a passed-through token goes through it alone, without the certificate of the server', async () => {
    const { users } = JSON.parse(await readFile(await api.user('red'), 'utf8'))
    await writeFile(file, kubeconfig(users[0].user, { 'proxy-url': proxy }))
    const of = await connected()
    const host = new URL(api.url).host
    expect(await whoIs(of, { as: 'passthrough', token: await tokenOf('blue') })).toBe(account('blue'))
    expect(opened).toEqual([host])
    expect(await whoIs(of)).toBe('red')
    expect(opened).toEqual([host, host])
  })

  test('so do the streams into pods', async () => {
    await writeFile(file, kubeconfig({ token: api.token }, { 'proxy-url': proxy }))
    const who = {
      cluster: await connected(),
      caller: { as: 'passthrough', token: await tokenOf('blue') } as const,
      userAgent: 'fairlead/test',
    }
    const request = { namespace, pod: 'none', container: 'app', argv: ['ls'], output: () => undefined }
    await expect(execInPod(who, { ...request, until: AbortSignal.timeout(10_000) })).rejects.toMatchObject({
      code: 'Forbidden',
      message: expect.stringContaining(account('blue')),
    })
    expect(opened).toEqual([new URL(api.url).host])
  })

  test('and those of the server itself, with the certificate that it has by then', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const request = { namespace, pod: 'none', container: 'app', argv: ['ls'], output: () => undefined }
    let of: Cluster | undefined
    for (const name of ['red', 'green']) {
      const { users } = JSON.parse(await readFile(await api.user(name), 'utf8'))
      await replace(file, kubeconfig(users[0].user, { 'proxy-url': proxy }))
      vi.setSystemTime(Date.now() + 11_000)
      of ??= await connected()
      const who = { cluster: of, caller: serverItself, userAgent: 'fairlead/test' }
      await expect(execInPod(who, { ...request, until: AbortSignal.timeout(10_000) })).rejects.toMatchObject({
        code: 'Forbidden',
        message: expect.stringContaining(`"${name}"`),
      })
    }
    expect(faults).toEqual([])
    expect(opened).toHaveLength(2)
  })
})
