import { randomUUID } from 'node:crypto'
import { metaKeys } from '@fairlead/contract/tool/tool-meta'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { auditLines, startTestMcp, type TestMcp } from '../../fixtures/mcp-server.fixture.ts'
import { startRecordingProxy } from '../../fixtures/recording-proxy.fixture.ts'
import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { podBy } from '../../fixtures/tools/named-objects.fixture.ts'
import { labelLetters, letters, noNamespace } from '../../fixtures/tools/sentences.fixture.ts'
import { containers, makePod } from '../../fixtures/tools/simulated-pod.fixture.ts'
import { writeTools } from '../../fixtures/tools/write-tools.fixture.ts'
import { k8sExec } from './exec.ts'

describeTool(k8sExec, {
  minimal: { pod_name: 'web', command: 'ls' },
  good: ({ namespace }) => ({ pod_name: 'bare', namespace, command: 'printf x', timeout_seconds: 10 }),
  names: podBy('pod_name', 'exec'),
  needs: 'nodes',
  bad: [
    ['name', { pod_name: 'a/b' }, `pod_name "a/b" is not a name. ${letters}`],
    ['namespace', { namespace: 'A_b' }, noNamespace],
    ['name, container', { container_name: 'a.b' }, `container_name "a.b" is not a container name. ${labelLetters}`],
    ['number', { timeout_seconds: 121 }, 'timeout_seconds must be between 1 and 120, got 121.'],
    ['free text', { command: '' }, 'command must not be empty, unless argv is given.'],
    ['free text, words', { argv: [''] }, 'argv must not begin with an empty word.'],
  ],
})

let cluster: ApiServer
let namespace: string
let mcp: TestMcp
let tools: ReturnType<typeof writeTools>

beforeAll(async () => {
  cluster = await sharedApiServer()
  namespace = await cluster.newNamespace('exec')
  mcp = await startTestMcp(cluster.kubeconfig)
  tools = writeTools({ kubeconfig: cluster.kubeconfig, namespace })
  await Promise.all([makeOwn('web'), makeOwn('two', ['app', 'side'])])
})
afterAll(async () => {
  await mcp?.close()
  await tools?.close()
})

const pods = () => `/api/v1/namespaces/${namespace}/pods`
const makeOwn = (name: string, names: string[] = ['app']) =>
  makePod(cluster, namespace, { metadata: { name }, spec: { containers: containers(...names) } })
const exec = (command: string, more: Record<string, unknown> = {}) => ({ pod_name: 'web', command, namespace, ...more })

describe('as a write', () => {
  it('shows pod, container and exact words, runs them once, and tells both streams and the exit code', async () => {
    const args = exec(`sh -c 'echo out; echo err >&2; exit 3'`)
    const preview = await mcp.preview('k8s_exec', args)
    const again = await mcp.call('k8s_exec', { ...args, dry_run: true })
    expect(again.effect_digest).toBe(preview.effect_digest)
    expect(preview).toMatchObject({
      error: false,
      dry_run: true,
      namespace,
      data: { exec_class: 'mutating' },
      effect: {
        summary: `Run in Pod ${namespace}/web: sh -c "echo out; echo err >&2; exit 3"`,
        basis: 'external',
        risk: 'high',
        objects: [
          {
            kind: 'Pod',
            name: 'web',
            uid: expect.any(String),
            action: 'exec',
            changes: [
              { path: '/command', after: ['sh', '-c', 'echo out; echo err >&2; exit 3'] },
              { path: '/container', after: 'app' },
            ],
          },
        ],
        undo: { impossible: expect.any(String) },
      },
    })
    expect(preview.effect?.reasons).toContain('the command may change what is in the container')
    const callId = `call_${randomUUID()}`
    const grant = mcp.engine.grant({ tool: 'k8s_exec', args, preview }, { claims: { call_id: callId } })
    const result = await mcp.call('k8s_exec', args, { [metaKeys.grant]: grant })
    expect(result).toMatchObject({
      error: true,
      outcome: 'failed',
      output: 'out\n[stderr]\nerr\n[exit code 3]',
      data: { exit_code: 3 },
      objects: [{ outcome: 'failed', ref: { kind: 'Pod', name: 'web' } }],
    })
    expect(await mcp.call('k8s_exec', args, { [metaKeys.grant]: grant })).toMatchObject({
      code: 'Refused',
      data: { grant_error: 'used' },
    })
    expect(await mcp.verify('k8s_exec', args, preview)).toMatchObject({ verification: { verdict: 'unreadable' } })
    await expect
      .poll(() =>
        auditLines(cluster.auditLog, `call/${callId}`).filter(({ requestURI }) => requestURI.includes('/exec?')),
      )
      .toHaveLength(1)
  })

  it('hands every word on as it is', async () => {
    const argv = [
      'printf',
      '[%s]',
      '--help',
      '-x',
      'a b',
      'a --b=c',
      '../x',
      "it's",
      '"$HOME"',
      '`id`',
      'a\nb',
      '',
      'é🚀',
    ]
    const { answer } = await tools.write(k8sExec, exec('', { argv }))
    expect(answer).toMatchObject({ error: false, outcome: 'succeeded', data: { exit_code: 0 } })
    expect(answer.output).toBe(
      argv
        .slice(2)
        .map((word) => `[${word}]`)
        .join(''),
    )
    const split = await tools.write(k8sExec, exec(`printf '[%s]' --help "a  b" c\\ d`))
    expect(split.answer.output).toBe('[--help][a  b][c d]')
  })

  it('is no failure for what it says on stderr', async () => {
    const { answer } = await tools.write(k8sExec, exec(`sh -c 'echo done; echo beware >&2'`))
    expect(answer).toMatchObject({ error: false, outcome: 'succeeded', output: 'done\n[stderr]\nbeware' })
  })

  it('whose limit is reached has an unknown end, and the output so far', async () => {
    const { answer } = await tools.write(k8sExec, exec(`sh -c 'echo begun; exec sleep 3'`, { timeout_seconds: 1 }))
    expect(answer).toMatchObject({ error: true, outcome: 'unknown', code: 'Unknown' })
    expect(answer.output).toMatch(/^begun\nUnknown: the limit of 1 s is over .* may go on inside the pod\.$/)
  })

  it('of a program that is not there was not begun', async () => {
    const { answer } = await tools.write(k8sExec, exec('no-such-program -x'))
    expect(answer).toMatchObject({ error: true, outcome: 'failed', code: 'Invalid' })
    expect(answer.output).toMatch(/^Invalid: the command was not begun: .*no-such-program/)
  })

  it('is stale once the pod is another one, and nothing is run there', async () => {
    const proxy = await startRecordingProxy(cluster, () => 'done')
    const recorded = writeTools({ kubeconfig: proxy.kubeconfig, namespace })
    const isRun = () => proxy.seen.filter(({ path }) => path.includes('/exec?')).length
    try {
      await makeOwn('gone')
      const args = exec('touch x', { pod_name: 'gone' })
      const approved = await recorded.preview(k8sExec, args)
      expect(await recorded.run(k8sExec, args, approved)).toMatchObject({ outcome: 'succeeded' })
      expect(isRun()).toBe(1)
      await cluster.request('DELETE', `${pods()}/gone?gracePeriodSeconds=0`)
      await expect.poll(async () => (await cluster.request('GET', `${pods()}/gone`)).status).toBe(404)
      await makeOwn('gone')
      expect(await recorded.run(k8sExec, args, approved)).toMatchObject({ outcome: 'stale', code: 'Stale' })
      expect(isRun()).toBe(1)
    } finally {
      await recorded.close()
      await proxy.close()
    }
  })

  it('needs the rights that a stream takes', async () => {
    const meta = { [metaKeys.rights]: [mcp.engine.identity('nobody-special')] }
    const { rights } = await mcp.preview('k8s_exec', exec('touch x'), meta)
    const missing = rights?.[0]?.missing.map(({ verb, subresource }) => `${verb} ${subresource ?? 'pod'}`)
    expect(missing).toEqual(['get pod', 'get exec', 'create exec'])
  })
})

describe('a command that only looks', () => {
  it('runs without a grant, as a read', async () => {
    const answer = await mcp.call('k8s_exec', exec('date -u +%Y-x'))
    expect(answer).toMatchObject({ error: false, output: expect.stringMatching(/^\d{4}-x$/), namespace })
    expect(answer.outcome).toBeUndefined()
    expect(await mcp.call('k8s_exec', exec('ls /no-such-place'))).toMatchObject({
      error: true,
      output: expect.stringMatching(/^\[stderr\]\n.*no-such-place.*\n\[exit code 2\]$/),
      data: { exit_code: 2 },
    })
    expect(await mcp.call('k8s_exec', exec('', { argv: ['id', '-u'] }))).toMatchObject({ error: false })
  })

  it('leaves no write in the audit log', async () => {
    await mcp.call('k8s_exec', exec('uname -s', { pod_name: 'two', container_name: 'side' }))
    const lines = () => auditLines(cluster.auditLog, `/namespaces/${namespace}/pods/two/exec`)
    await expect.poll(lines).toMatchObject([{ verb: 'get', userAgent: expect.not.stringContaining('call/') }])
  })

  it.each([
    `sh -c 'ls'`,
    '/bin/ls',
    'du --files0-from=/etc/shadow',
    'getent hosts x',
    'nslookup x',
    'date -s 2020-01-01',
    'hostname x',
    'ss -K',
    'ps eww',
    'cat /etc/passwd',
  ])('is not %s, which needs a grant', async (command) => {
    expect(await mcp.call('k8s_exec', exec(command))).toMatchObject({
      code: 'Refused',
      data: { grant_error: 'missing' },
    })
  })

  it('needs a grant where the setting is off, and is told so', async () => {
    const strict = await startTestMcp(cluster.kubeconfig, { env: { EXEC_READ_ALLOWLIST: 'off' } })
    try {
      const answer = await strict.call('k8s_exec', exec('ls'))
      expect(answer).toMatchObject({ code: 'Refused', data: { grant_error: 'missing' } })
      expect(answer.output).toContain('EXEC_READ_ALLOWLIST is off here')
    } finally {
      await strict.close()
    }
  })

  it('does not look into the namespace of credentials', async () => {
    const guarded = await startTestMcp(cluster.kubeconfig, { env: { INTEGRATIONS_SECRET_NAMESPACE: namespace } })
    try {
      expect(await guarded.call('k8s_exec', exec('ls'))).toMatchObject({ code: 'Refused' })
      expect(await guarded.preview('k8s_exec', exec('touch x'))).toMatchObject({ code: 'Refused' })
    } finally {
      await guarded.close()
    }
  })
})

test('MCP_EXEC=off hides what reaches into pods', async () => {
  const without = await startTestMcp(cluster.kubeconfig, { env: { MCP_EXEC: 'off' } })
  try {
    const { body } = await without.rpc('tools/list')
    const names = (body.result as { tools: { name: string }[] }).tools.map(({ name }) => name)
    expect(names).not.toEqual(expect.arrayContaining(['k8s_exec']))
    expect(names.filter((name) => /exec|run_pod|port_forward/.test(name))).toEqual([])
    expect(await without.call('k8s_exec', exec('ls'))).toMatchObject({ code: 'NotFound' })
  } finally {
    await without.close()
  }
})

describe('a pod or container that nothing can be run in', () => {
  it('is refused with its phase', async () => {
    const metadata = { name: 'broken', annotations: { 'fairlead.dev/simulate': 'imagepullbackoff' } }
    await makePod(cluster, namespace, { metadata, spec: { containers: containers('app') } }, ['Pending'])
    expect(await tools.refusal(k8sExec, exec('touch x', { pod_name: 'broken' }))).toBe(
      `Refused: pod "broken" in namespace ${namespace} is not running: its phase is Pending.`,
    )
  })

  it('is named where it is not clear which', async () => {
    expect(await tools.refusal(k8sExec, exec('touch x', { pod_name: 'two' }))).toContain('Containers: app, side.')
    expect(await tools.refusal(k8sExec, exec('touch x', { container_name: 'nope' }))).toContain('Containers: app.')
    expect(await tools.refusal(k8sExec, exec('touch x', { pod_name: 'nope' }))).toMatch(/^NotFound: pod "nope"/)
  })
})

test.each([
  [{ command: '' }, 'InvalidArgument: command must not be empty, unless argv is given.'],
  [{ command: "''" }, 'InvalidArgument: command must not begin with an empty word.'],
  [
    { command: 'ls', argv: ['ps'] },
    'InvalidArgument: command and argv differ: leave command empty, or let it split into argv.',
  ],
  [
    { command: 'a\nb' },
    'InvalidArgument: command must not contain a newline or another control character outside of quotes.',
  ],
  [{ command: 'ls', timeout_seconds: 121 }, 'InvalidArgument: timeout_seconds must be between 1 and 120, got 121.'],
  [{ command: 'ls', pod_name: '--all' }, "InvalidArgument: pod_name must not begin with '-'."],
])('%j is refused', async (args, sentence) => {
  const answer = await mcp.call('k8s_exec', { pod_name: 'web', namespace, ...args })
  expect(answer.output).toBe(sentence)
})
