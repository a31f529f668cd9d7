import type { ModelRequest } from '@fairlead/testing/model/model-request'
import type { Reply } from '@fairlead/testing/model/model-script'
import { startModelServer } from '@fairlead/testing/model/scripted-model-server'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { expect, test } from 'vitest'
import { newChance } from './chance.fixture.ts'
import { expectReconciled } from './expect-reconciled.fixture.ts'
import { productWrites } from './kube-writes.fixture.ts'
import { newPerson } from './person.fixture.ts'
import { namesOf, only, textOf } from './read-events.fixture.ts'
import { seenSoFar } from './seen-so-far.fixture.ts'
import { newFolder, startUp } from './start-up.fixture.ts'
import { crashedPod, createDeployment, readDeployment, readyDeployment, writeLog } from './workloads.fixture.ts'

const chance = newChance()

test('each stage goes by the one before: list, the failing one, its log, the change, the check', async () => {
  const server = await sharedApiServer()
  const namespace = await server.newNamespace(chance.name('shop'))
  const place = { server, namespace }
  const healthy = [chance.name('a'), chance.name('k'), chance.name('z')]
  for (const name of healthy) await createDeployment(place, { name })
  const failing = chance.name(['b', 'm', 'y'][chance.number(0, 2)] ?? '')
  await createDeployment(place, { name: failing, image: 'registry.example/app:simulate-crashloop' })
  const good = `registry.example/app:${chance.number(2, 9)}.${chance.number(0, 99)}`
  for (const name of healthy) await readyDeployment(place, name)
  const pod = await crashedPod(place, failing)
  await writeLog(place, pod, ['starting', `fatal: this build is withdrawn, use ${good}`])

  await using scripted = { ...(await startModelServer(mender)), [Symbol.asyncDispose]: () => scripted.close() }
  await using folder = await newFolder()
  const up = await startUp({
    args: ['--port', '0', '--state', 'state', '--kubeconfig', server.kubeconfig],
    env: { LLM_MODEL: 'openai/scripted', LLM_HOST: scripted.url, OPENAI_API_KEY: 'key' },
    cwd: folder.path,
  })
  try {
    const person = await newPerson(up, 'ada@example.com')
    const proposal = await person.ask(`mend what fails in ${namespace}`)
    expect(proposal.flatMap((event) => (event.type === 'tool.error' ? [event.error] : []))).toEqual([])
    const log = proposal.find((event) => event.type === 'tool.result' && event.tool === 'k8s_logs')
    expect(JSON.stringify(log)).toContain(good)
    const approval = only(proposal, 'tool.awaiting_approval')
    expect(approval.effect.objects).toMatchObject([
      {
        kind: 'Deployment',
        name: failing,
        action: 'update',
        changes: [
          {
            path: expect.stringMatching(/^\/spec\/template\/spec\/containers\/.+\/image$/),
            before: 'registry.example/app:simulate-crashloop',
            after: good,
          },
        ],
      },
    ])
    const tools = proposal.flatMap((event) => (event.type === 'tool.executing' ? [event] : []))
    expect(tools.map(({ tool, args }) => [tool, args])).toMatchObject([
      ['k8s_get', { resource_type: 'deployments', namespace }],
      ['k8s_get', { resource_type: 'pods', label_selector: `app=${failing}` }],
      ['k8s_logs', { pod_name: pod, namespace }],
      ['k8s_get', { resource_type: 'deployment', name: failing }],
    ])
    // The image came from a log, which anybody who runs a pod can write: whoever approves must see that.
    expect(approval.taint).toEqual([{ path: '/content', source_call_id: tools[2]?.call_id }])
    expect((await readDeployment(place, failing)).spec.template.spec.containers[0]?.image).toMatch(
      /simulate-crashloop$/,
    )
    expect(productWrites(server, namespace)).toEqual([])

    const approved = await person.decide(approval, true)
    expect(only(approved, 'tool.verified')).toMatchObject({ verdict: 'as_approved' })
    expect(namesOf(approved).filter((name) => name === 'tool.executing')).toHaveLength(2)
    expect(textOf(approved)).toBe(`${failing} runs ${good}: Deployment "${failing}" successfully rolled out`)

    const mended = await readDeployment(place, failing)
    expect(mended.spec.template.spec.containers).toMatchObject([{ name: 'app', image: good }])
    expect(mended.status.readyReplicas).toBe(1)
    await expect.poll(() => productWrites(server, namespace), { timeout: 20_000 }).toHaveLength(1)
    const [write] = productWrites(server, namespace)
    expect(write).toMatchObject({
      verb: 'patch',
      objectRef: { resource: 'deployments', name: failing },
      userAgent: expect.stringContaining(`call/${approval.call_id}`),
    })
    expect(JSON.stringify(write?.requestObject)).toContain(good)
    expect(await expectReconciled(server, [namespace], person)).toBe(1)
    for (const name of healthy) expect((await readDeployment(place, name)).metadata.generation).toBe(1)
  } finally {
    await up.stop()
  }
}, 180_000)

/** Knows nothing beforehand: each step's arguments are read from the answers so far. */
function mender(request: ModelRequest): Reply {
  if (!request.isStreamed) return { text: 'Mending' }
  const { message, answers, canWrite } = seenSoFar(request)
  const namespace = message.split(' ').at(-1) ?? ''
  const call = (name: string, args: object): Reply => ({ toolCalls: [{ name, args: { ...args, namespace } }] })
  const [deployments, pods, log, manifest, applied, rollout] = answers.filter(({ tool }) => tool !== 'load_toolset')
  if (!deployments) return call('k8s_get', { resource_type: 'deployments' })
  const failing = deployments.text.match(/^(\S+) +0\/1 /m)?.[1] ?? 'none-fails'
  if (!pods) return call('k8s_get', { resource_type: 'pods', label_selector: `app=${failing}` })
  const pod = pods.text.match(new RegExp(`^${failing}-\\S+`, 'm'))?.[0]
  if (!log) return call('k8s_logs', { pod_name: pod, previous: true })
  const image = log.text.match(/use (\S+)/)?.[1]
  if (!manifest) return call('k8s_get', { resource_type: 'deployment', name: failing, output: 'json' })
  if (!canWrite) return { toolCalls: [{ name: 'load_toolset', args: { toolset: 'k8s', include_write_tools: true } }] }
  const container = manifest.text.match(/"containers":\s*\[[^\]]*?"name":\s*"([^"]+)"/)?.[1]
  if (!applied) {
    const spec = { template: { spec: { containers: [{ name: container, image }] } } }
    const content = JSON.stringify({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: failing }, spec })
    return call('k8s_apply', { content, force_conflicts: true })
  }
  if (!rollout) return call('k8s_rollout_status', { resource_type: 'deployment', name: failing })
  return { text: `${failing} runs ${image}: ${rollout.text.match(/Deployment .*out/)?.[0]}` }
}
