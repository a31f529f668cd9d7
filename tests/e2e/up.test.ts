import { copyFile, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { type ModelServer, startModelServer } from '@fairlead/testing/model/scripted-model-server'
import { freePort } from '@fairlead/testing/servers/free-ports'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newPerson, signIn } from './person.fixture.ts'
import { only } from './read-events.fixture.ts'
import { type Exit, failUp, newFolder, startUp } from './start-up.fixture.ts'

const minutes = 60_000
let server: ApiServer
let scripted: ModelServer
let env: Record<string, string>

beforeAll(async () => {
  server = await sharedApiServer()
  scripted = await startModelServer(() => ({ text: 'Hello.' }))
  env = { LLM_MODEL: 'openai/scripted', LLM_HOST: scripted.url, OPENAI_API_KEY: 'key' }
}, 2 * minutes)
afterAll(() => scripted.close())

const args = (state = 'state', port = '0') => ['--port', port, '--state', state, '--kubeconfig', server.kubeconfig]

test(
  'it tells where it answers, keeps all between starts, and leaves nothing behind',
  async () => {
    await using folder = await newFolder()
    const first = await startUp({ args: args(), env, cwd: folder.path })
    const { pid, stderr, stop, ended: _, ...line } = first
    expect(line).toEqual({
      url: expect.stringMatching(/^http:\/\/localhost:\d+$/),
      api: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/api\/v1$/),
      mcp: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/mcp$/),
      kubeconfig: join(folder.path, 'state/kubeconfig'),
      setup_url: expect.stringContaining(`${line.url}/welcome#secret=`),
      sandbox: false,
      model: 'openai/scripted',
    })
    expect(await status(`${line.api}/health/ready`)).toBe(200)
    expect(await status(line.mcp)).toBe(401)
    const instance = JSON.parse(await readFile(join(folder.path, 'state/instance.json'), 'utf8'))
    expect(instance).toEqual({ pid, url: line.url, api: line.api, mcp: line.mcp })
    expect(await status(`${line.url}/api/v1/auth/is_admin_user`)).toBe(200)
    expect(await status(`${line.setup_url}`)).toBe(200)
    expect(stderr()).toBe(
      `Fairlead answers at ${line.url} with openai/scripted. Ctrl-C stops it.\n` +
        `Nobody has an account yet. Make the administrator's at ${line.setup_url}\n`,
    )

    const ada = await newPerson(line, 'ada@example.com')
    const proposal = await ada.ask('hello')
    const { conversation_id } = only(proposal, 'ready')
    const exit = await stop('SIGTERM')
    expect(exit).toEqual({ code: 0, signal: null, stdout: `${JSON.stringify(line)}\n`, stderr: expect.any(String) })
    await expectGone(pid, [line.url, line.api, line.mcp])
    expect(await readdir(join(folder.path, 'state'))).not.toContain('instance.json')
    for (const name of await readdir(join(folder.path, 'state'))) {
      const { mode } = await stat(join(folder.path, 'state', name))
      expect(mode & 0o077, `${name} is its owner's alone`).toBe(0)
    }

    const second = await startUp({ args: args(), env, cwd: folder.path })
    expect(second.setup_url).toBeNull()
    expect(second.stderr()).toBe(`Fairlead answers at ${second.url} with openai/scripted. Ctrl-C stops it.\n`)
    const again = await signIn(second.api, 'ada@example.com')
    const { body } = await again.request('GET', `/conversations/${conversation_id}`)
    expect(JSON.stringify(body)).toContain('Hello.')
    // A token outlives a restart, as the secret it is signed with does.
    expect(await status(`${second.api}/auth/me`, { authorization: `Bearer ${ada.token}` })).toBe(200)
    // Somebody who reads a stream does not keep it from ending.
    const events = await fetch(`${second.api}/events`, { headers: { authorization: `Bearer ${again.token}` } })
    const began = performance.now()
    expect(await second.stop('SIGINT')).toMatchObject({ code: 0 })
    expect(performance.now() - began).toBeLessThan(15_000)
    expect(await events.text()).toMatch(/^id: \d+\nevent: ready\n|^event: ready\n/)
    await expectGone(second.pid, [second.url, second.api, second.mcp])
  },
  3 * minutes,
)

test(
  'a port that is taken, and a folder that another one holds, are said in one sentence and hinder nobody later',
  async () => {
    await using folder = await newFolder()
    const port = await freePort()
    const holder = createServer().listen(port, '127.0.0.1')
    const attempt = { args: args('state', String(port)), env, cwd: folder.path }
    const taken = `fairlead: Port ${port} is in use: choose another with --port.`
    expectSentence(await failUp(attempt), taken)
    await new Promise((closed) => holder.close(closed))
    const up = await startUp(attempt)
    expect(up.url).toBe(`http://localhost:${port}`)
    const database = join(folder.path, 'state/database')
    expectSentence(
      await failUp({ args: args(), env, cwd: folder.path }),
      `fairlead: The folder ${database} is in use by another process.`,
    )
    expectSentence(await failUp({ ...attempt, args: args('other', String(port)) }), taken)
    expect(await status(`${up.api}/health/ready`)).toBe(200)
    expect(await up.stop()).toMatchObject({ code: 0 })
  },
  3 * minutes,
)

test(
  'the page is a process of its own: it has no secret, ends the rest when it dies, and does not outlive it',
  async () => {
    await using folder = await newFolder()
    const secrets = { MCP_AUTH_TOKEN: 'a-token-of-the-tool-server', ANTHROPIC_API_KEY: 'a-key' }
    const up = await startUp({ args: args(), env: { ...env, ...secrets }, cwd: folder.path })
    const page = await pageOf(up.pid)
    const settings = await readFile(`/proc/${page}/environ`, 'utf8')
    expect(settings).toContain(`API_URL=${up.api}`)
    for (const name of [...Object.keys(secrets), 'OPENAI_API_KEY', 'JWT_SECRET', 'LLM_HOST']) {
      expect(settings).not.toContain(name)
    }
    process.kill(page, 'SIGKILL')
    const ended = await up.ended
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining('fairlead: The page ended by SIGKILL.\n') })
    await expectGone(up.pid, [up.url, up.api, up.mcp])

    const again = await startUp({ args: args(), env, cwd: folder.path })
    const left = await pageOf(again.pid)
    await again.stop('SIGKILL')
    await expect.poll(() => isAlive(left), { timeout: 15_000 }).toBe(false)
  },
  2 * minutes,
)

test.each<[name: string, args: string[], env: Record<string, string>, sentence: string]>([
  [
    'a file that is not there',
    ['--kubeconfig', '/nowhere/config'],
    {},
    'The kubeconfig /nowhere/config cannot be read.',
  ],
  ['a file of other contents', ['--kubeconfig', 'words'], {}, '{cwd}/words is not a kubeconfig.'],
  ['a broken file', ['--kubeconfig', 'broken'], {}, '{cwd}/broken is not a kubeconfig: it is no YAML.'],
  [
    'a state folder that is a file',
    ['--state', 'words'],
    {},
    'The folder for --state cannot be used: {cwd}/words (EEXIST).',
  ],
  [
    'an address of another machine',
    ['--kubeconfig', 'fine'],
    { HOST: '203.0.113.7' },
    'HOST is not an address of this machine.',
  ],
])(
  '%s is said in one sentence',
  async (_, wrong, more, sentence) => {
    await using folder = await newFolder()
    await writeFile(join(folder.path, 'words'), 'just words\n')
    await copyFile(server.kubeconfig, join(folder.path, 'fine'))
    await writeFile(join(folder.path, 'broken'), 'users: [{user: {token: very-secret-token}\nkind: [\n')
    const cwd = folder.path
    expectSentence(
      await failUp({ args: wrong, env: { ...env, ...more }, cwd }),
      `fairlead: ${sentence.replace('{cwd}', cwd)}`,
    )
  },
  minutes,
)

test(
  'a model that lacks its key is said by the name of the setting, and faults of settings all at once',
  async () => {
    await using folder = await newFolder()
    const attempt = (own: Record<string, string>) => failUp({ args: args(), env: own, cwd: folder.path })
    expectSentence(
      await attempt({ LLM_MODEL: 'openai/scripted' }),
      'fairlead: OPENAI_API_KEY is not set, and neither is LLM_HOST.',
    )
    const both = await attempt({ ...env, LLM_MAX_ITERATIONS: 'many', REDIS_URL: 'http://elsewhere' })
    expect(both.code).toBe(2)
    expect(both.stdout).toBe('')
    expect(both.stderr).toMatch(/^fairlead: 2 settings are wrong:\n {2}\w+: .+\n {2}\w+: .+\n$/)
  },
  2 * minutes,
)

test(
  'a .env file in the folder it is started from is read, what is set already wins, and LOG_LEVEL says how much is told',
  async () => {
    await using folder = await newFolder()
    await writeFile(join(folder.path, '.env'), 'LLM_MODEL=anthropic/from-file\nOPENAI_API_KEY=key\nLOG_LEVEL=INFO\n')
    const up = await startUp({
      args: args(),
      env: { LLM_MODEL: 'openai/set', LLM_HOST: scripted.url },
      cwd: folder.path,
    })
    expect(up.model).toBe('openai/set')
    expect(await up.stop()).toMatchObject({ code: 0, stderr: expect.stringMatching(/"level":30,.*"part":"mcp"/) })
  },
  2 * minutes,
)

test(
  'a cluster that does not answer is said, and hinders nothing',
  async () => {
    await using folder = await newFolder()
    const silent = (await readFile(server.kubeconfig, 'utf8')).replaceAll(server.url, 'https://127.0.0.1:9')
    await writeFile(join(folder.path, 'silent'), silent)
    const up = await startUp({
      args: ['--port', '0', '--kubeconfig', 'silent'],
      env: { ...env, LOG_LEVEL: 'WARNING' },
      cwd: folder.path,
    })
    expect(await up.stop()).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(
        /^Fairlead answers at .+\nNobody has .+\nThe cluster does not answer \(.*127\.0\.0\.1:9.*\)\. It is seen as soon as it does\.\n$/,
      ),
    })
  },
  2 * minutes,
)

function expectSentence(exit: Exit, sentence: string): void {
  expect(exit).toEqual({ code: 2, signal: null, stdout: '', stderr: `${sentence}\n` })
}

async function status(url: string, headers: Record<string, string> = {}): Promise<number> {
  const answer = await fetch(url, { headers })
  await answer.body?.cancel()
  return answer.status
}

/** The process id of the only child. */
async function pageOf(pid: number): Promise<number> {
  const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ')
  expect(children).toHaveLength(1)
  return Number(children[0])
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

async function expectGone(pid: number, urls: string[]): Promise<void> {
  expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  for (const url of urls) await expect(fetch(url)).rejects.toThrow('fetch failed')
}
