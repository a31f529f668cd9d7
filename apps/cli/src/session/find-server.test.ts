import { spawnSync } from 'node:child_process'
import { chmod, chown, mkdir, mkdtemp, readdir, realpath, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findServer, type Whereabouts } from './find-server.ts'
import { writeInstance } from './instance-file.ts'
import { sendJson, testServer } from './test-server.fixture.ts'

let cwd: string
beforeEach(async () => {
  cwd = await realpath(await mkdtemp(join(tmpdir(), 'fairlead-found-')))
  await mkdir(join(cwd, 'deep/er'), { recursive: true })
})
afterEach(() => rm(cwd, { recursive: true }))

const find = (where: Whereabouts = {}, env: NodeJS.ProcessEnv = {}, from = cwd) => findServer(where, { env, cwd: from })
const instance = (url: string, pid = process.pid) => ({ pid, url, api: `${url}/api/v1`, mcp: `${url}/mcp` })

async function stateOf(url: string, { name = '.fairlead', pid = process.pid } = {}) {
  await mkdir(join(cwd, name))
  return await writeInstance(join(cwd, name), instance(url, pid))
}

const answeringServer = () => testServer((_, response) => sendJson(response, 200, {}))

test('the instance of the nearest state folder is found, from the folder itself and from below', async () => {
  await using server = await answeringServer()
  await stateOf(server.url)
  expect(await find()).toBe(`${server.url}/api/v1`)
  expect(await find({}, {}, join(cwd, 'deep/er'))).toBe(`${server.url}/api/v1`)
  expect(server.requests.map(({ path }) => path)).toEqual(['/api/v1/health', '/api/v1/health'])
})

test('what is named wins: the address, then the state folder, then the environment', async () => {
  await using here = await answeringServer()
  await using other = await answeringServer()
  await stateOf(here.url)
  await stateOf(other.url, { name: 'other' })
  const env = { FAIRLEAD_SERVER: 'https://env.example' }
  const server = 'https://ops.example'
  expect(await find({ server, state: 'other' }, env)).toBe('https://ops.example/api/v1')
  expect(await find({ state: 'other' }, env)).toBe(`${other.url}/api/v1`)
  expect(await find({}, env)).toBe('https://env.example/api/v1')
  expect(here.requests).toEqual([])
})

test('only its owner reads the file, and the end takes it away, unless another process has taken its place', async () => {
  const end = await stateOf('http://127.0.0.1:1')
  const folder = join(cwd, '.fairlead')
  expect((await stat(join(folder, 'instance.json'))).mode & 0o777).toBe(0o600)
  await writeInstance(folder, instance('http://127.0.0.1:2', 1))
  await end()
  expect(await readdir(folder)).toEqual(['instance.json'])
  await (await writeInstance(folder, instance('http://127.0.0.1:1')))()
  expect(await readdir(folder)).toEqual([])
})

test('where none runs, a sentence says what to do', async () => {
  const nothing = /No Fairlead runs from this folder or one above it: start one with "fairlead up", .*--state.*--server/
  await expect(find()).rejects.toThrow(nothing)
  await expect(find({ state: 'other' })).rejects.toThrow(/No Fairlead of yours runs from .*other: start it again/)
})

test.each(['', '[]', '{"pid":"1"}', '{"pid":0,"url":"http://a","api":"","mcp":""}'])(
  'a file that says %j names nothing',
  async (text) => {
    await mkdir(join(cwd, '.fairlead'))
    await writeFile(join(cwd, '.fairlead/instance.json'), text)
    await expect(find()).rejects.toThrow('No Fairlead runs from this folder')
  },
)

test('one whose process has gone is known for what it is, without asking whoever has its port now', async () => {
  await using server = await answeringServer()
  const { pid } = spawnSync('true')
  await stateOf(server.url, { pid })
  await expect(find()).rejects.toMatchObject({ message: expect.stringMatching(/\.fairlead has ended: start it again/) })
  expect(server.requests).toEqual([])
})

test('one that does not answer is named with its address', async () => {
  const server = await answeringServer()
  await server[Symbol.asyncDispose]()
  await stateOf(server.url)
  await expect(find()).rejects.toThrow(`does not answer at ${server.url}`)
  await expect(find()).rejects.toMatchObject({ exitCode: 6 })
})

/** To give a file away takes the rights of root. */
test.skipIf(process.getuid?.() !== 0)('a file of somebody else leads nobody anywhere', async () => {
  await using server = await answeringServer()
  await stateOf(server.url)
  await chmod(join(cwd, '.fairlead/instance.json'), 0o644)
  await chown(join(cwd, '.fairlead/instance.json'), 65_534, 65_534)
  await expect(find()).rejects.toThrow('No Fairlead runs from this folder')
  expect(server.requests).toEqual([])
})
