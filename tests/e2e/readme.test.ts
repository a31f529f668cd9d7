import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { startModelServer } from '@fairlead/testing/scripted-model-server'
import { sharedApiServer } from '@fairlead/testing/shared-servers'
import { expect, test } from 'vitest'
import { productWrites } from './kube-writes.fixture.ts'
import { seenSoFar } from './seen-so-far.fixture.ts'
import { newFolder, startUp } from './start-up.fixture.ts'
import { createDeployment, readDeployment } from './workloads.fixture.ts'

const readme = resolve(import.meta.dirname, '../../README.md')

test('the commands of the README do the main job, word by word', async () => {
  const server = await sharedApiServer()
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
    env: { LLM_MODEL: 'openai/scripted', LLM_HOST: scripted.url, OPENAI_API_KEY: 'key' },
    cwd: folder.path,
  })
  try {
    const [, walk = ''] = /## The main job, by hand\n([\s\S]*?)\n## /.exec(await readFile(readme, 'utf8')) ?? []
    const commands = [...walk.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block).join('\n')
    expect(commands).toContain('http://127.0.0.1:3000/api/v1')
    const script = commands.replace('http://127.0.0.1:3000/api/v1', up.api).replaceAll('in shop', `in ${namespace}`)
    const { stdout } = await promisify(execFile)('sh', ['-eu', '-c', script], { cwd: folder.path })

    const verdicts = [...stdout.matchAll(/"type":"tool.verified".*?"verdict":"(\w+)"/g)].map(([, verdict]) => verdict)
    expect(verdicts).toEqual(['as_approved', 'as_approved'])
    expect(stdout).toContain(`"summary":"scale Deployment ${namespace}/web 2 -> 5"`)
    expect(stdout).toContain(`"summary":"scale Deployment ${namespace}/web 5 -> 2"`)
    expect(stdout).toMatch(/"ok":true.*"first_bad":null/)
    expect(await readFile(join(folder.path, 'audit.csv'), 'utf8')).toContain('approval.decided')
    expect((await readDeployment(place, 'web')).spec.replicas).toBe(2)
    await expect.poll(() => productWrites(server, namespace), { timeout: 20_000 }).toHaveLength(2)
  } finally {
    await up.stop()
  }
}, 180_000)
