import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { requireNodes } from '@fairlead/testing/cluster/require-nodes'
import { startModelServer } from '@fairlead/testing/model/scripted-model-server'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { expect, test } from 'vitest'
import { expectReconciled } from './expect-reconciled.fixture.ts'
import { productWrites } from './kube-writes.fixture.ts'
import { signIn } from './person.fixture.ts'
import { seenSoFar } from './seen-so-far.fixture.ts'
import { newFolder, startUp } from './start-up.fixture.ts'
import { createDeployment, readDeployment } from './workloads.fixture.ts'

const root = resolve(import.meta.dirname, '../..')
const main = join(root, 'apps/cli/src/main.ts')
const run = promisify(execFile)

test('the commands of the guide do the main job, and those of the README check the audit, word by word', async () => {
  const server = await sharedApiServer()
  requireNodes(server)
  const namespace = await server.newNamespace('shop')
  const place = { server, namespace }
  await createDeployment(place, { name: 'web', replicas: 2 })
  await using scripted = {
    ...(await startModelServer((request) => {
      const { answers, canWrite } = seenSoFar(request)
      if (answers.at(-1)?.tool === 'k8s_scale') return { text: 'It is scaled.' }
      if (!canWrite) {
        return { toolCalls: [{ name: 'load_toolset', args: { toolset: 'k8s', include_write_tools: true } }] }
      }
      const args = { resource_type: 'deployment', name: 'web', namespace, replicas: 5 }
      return { toolCalls: [{ name: 'k8s_scale', args }] }
    })),
    [Symbol.asyncDispose]: () => scripted.close(),
  }
  await using folder = await newFolder()
  const up = await startUp({
    args: ['--port', '0', '--state', 'state', '--kubeconfig', server.kubeconfig],
    env: { LLM_MODEL: 'openai/scripted', LLM_HOST: scripted.url, OPENAI_API_KEY: 'key', AUDIT_HEAD_SECONDS: '1' },
    cwd: folder.path,
  })
  try {
    const commands = shellBlocks(await readFile(join(root, 'docs/guides/by-hand.md'), 'utf8')).join('\n')
    expect(commands).toContain('http://127.0.0.1:3000/api/v1')
    const page = up.url.replace('localhost', '127.0.0.1')
    const script = commands
      .replace('http://127.0.0.1:3000', page)
      .replaceAll('in shop', `in ${namespace}`)
      .replaceAll('.fairlead/', 'state/')
    const { stdout } = await run('sh', ['-eu', '-c', script], { cwd: folder.path })

    const verdicts = [...stdout.matchAll(/"type":"tool.verified".*?"verdict":"(\w+)"/g)].map(([, verdict]) => verdict)
    expect(verdicts).toEqual(['as_approved', 'as_approved'])
    expect(stdout).toContain(`"summary":"Scale web 2 → 5 in ${namespace}"`)
    expect(stdout).toContain(`"summary":"Scale web 5 → 2 in ${namespace}"`)
    expect(stdout).toMatch(/"ok":true.*"first_bad":null/)
    expect(stdout).toMatch(/"change":"registered".*"is_verified":true/s)
    expect(await readFile(join(folder.path, 'audit.csv'), 'utf8')).toContain('approval.decided')
    expect((await readDeployment(place, 'web')).spec.replicas).toBe(2)
    await expect.poll(() => productWrites(server, namespace), { timeout: 20_000 }).toHaveLength(2)
    const admin = await signIn(up.api, 'you@example.com', 'a long password')
    expect(await expectReconciled(server, [namespace], admin)).toBe(2)

    const audit = shellBlocks(await readFile(join(root, 'README.md'), 'utf8')).find((it) => it.includes('audit verify'))
    expect(shellBlocks(await readFile(join(root, 'docs/guides/audit.md'), 'utf8')).map(withoutComments)).toEqual([
      withoutComments(audit ?? ''),
    ])
    await expect
      .poll(() => readFile(join(folder.path, 'state/audit.ndjson'), 'utf8'), { timeout: 20_000 })
      .toMatch(/^eyJ/)
    const auditScript = (audit ?? '')
      .replaceAll('./fairlead', `'${process.execPath}' '${main}'`)
      .replaceAll('.fairlead/', 'state/')
    const checked = await run('sh', ['-eu', '-c', auditScript], {
      cwd: folder.path,
      env: {
        ...process.env,
        FAIRLEAD_SERVER: up.url,
        FAIRLEAD_EMAIL: 'you@example.com',
        FAIRLEAD_PASSWORD: 'a long password',
        XDG_STATE_HOME: folder.path,
      },
    })
    expect(checked.stdout).toMatch(
      /rows \(1 to \d+\), without a gap, as they were written\..*the key in keys\.json.*of --head (?:is|are) among them/s,
    )
  } finally {
    await up.stop()
  }
}, 180_000)

test('the README names commands and options that there are', async () => {
  const blocks = shellBlocks(await readFile(join(root, 'README.md'), 'utf8'))
  const uses = blocks.flatMap((block) => [
    ...block.matchAll(/\.\/fairlead ([a-z-]+(?: (?:export|verify|add|tools|pin))?)([^#\n]*)/g),
  ])
  expect(new Set(uses.map(([, command]) => command))).toEqual(
    new Set([
      ...['up', 'chat', 'approve', 'audit export', 'audit verify', 'test'],
      ...['mcp-servers add', 'mcp-servers tools', 'mcp-servers pin'],
    ]),
  )
  for (const [line, command = '', rest = ''] of uses) {
    const { stdout: help } = await run(process.execPath, [main, ...command.split(' '), '--help'])
    for (const [option] of rest.matchAll(/--[a-z-]+/g)) expect(help, line).toContain(`${option} `)
  }
}, 60_000)

function withoutComments(commands: string): string {
  return commands.replaceAll(/ +#.*$/gm, '')
}

function shellBlocks(text: string): string[] {
  return [...text.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = '']) => block)
}
