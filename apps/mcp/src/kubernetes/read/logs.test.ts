import { appendFile, chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { leakedPiece, secretShapes } from '@fairlead/service-kit/redaction/secret-shapes.fixture'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { isOnSandbox } from '@fairlead/testing/cluster/is-on-sandbox'
import { requireNodes } from '@fairlead/testing/cluster/require-nodes'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hearCall } from '../../fixtures/hear-call.fixture.ts'
import { startTestMcp } from '../../fixtures/mcp-server.fixture.ts'
import { startRecordingProxy } from '../../fixtures/recording-proxy.fixture.ts'
import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { readTools } from '../../fixtures/tools/read-tool.fixture.ts'
import { flag, labelLetters, noNamespace } from '../../fixtures/tools/sentences.fixture.ts'
import type { Arguments } from '../../tool/define-tool.ts'
import { k8sLogs } from './logs.ts'

describeTool(k8sLogs, {
  minimal: { pod_name: 'web' },
  good: ({ namespace }) => ({ pod_name: 'bare', namespace }),
  bad: [
    ['plain word', { pod_name: '-x' }, flag('pod_name')],
    ['name', { container_name: 'a.b' }, `container_name "a.b" is not a container name. ${labelLetters}`],
    ['namespace', { namespace: 'A_b' }, noNamespace],
    ['selector', { label_selector: ' ' }, 'label_selector must not be empty.'],
    ['number', { num_lines: 0 }, 'num_lines must be between 1 and 10000, got 0.'],
    ['number, seconds', { follow_seconds: 271 }, 'follow_seconds must be between 0 and 270, got 271.'],
    [
      'time',
      { since: '5 days' },
      'since "5 days" contains a space. A duration is a number and a unit, ms, s, m or h, as in 90s or 1h30m, more than 0 and at most 720h.',
    ],
    [
      'time, a point in time',
      { since_time: 'yesterday' },
      'since_time "yesterday" is not a time. A time is written by RFC 3339, as in 2026-01-31T10:00:00Z.',
    ],
    ['free text', { grep: '(' }, 'grep "(" is not a pattern of RE2: missing closing ) at character 1.'],
  ],
})

let server: ApiServer
let namespace: string
let tools: ReturnType<typeof readTools>

beforeAll(async () => {
  server = await sharedApiServer()
  namespace = await server.newNamespace('logs')
  tools = readTools({ kubeconfig: server.kubeconfig, namespace })
}, 60_000)

afterAll(() => tools.close())

type PodOptions = {
  containers?: string[]
  annotations?: Record<string, string>
  labels?: Record<string, string>
  lines?: string[]
}

/** A running pod whose log says the lines, one a second up to now. */
async function aPod(name: string, { containers = ['app'], annotations, labels, lines }: PodOptions = {}) {
  requireNodes(server)
  // The sandbox plays what an annotation says, the simulated nodes read a file.
  const played = lines && { 'fairlead.dev/says': lines.join('\n') }
  if (lines && !isOnSandbox()) await say(name, lines)
  const { status } = await server.request('POST', `/api/v1/namespaces/${namespace}/pods`, {
    metadata: { name, annotations: { ...played, ...annotations }, labels },
    spec: { containers: containers.map((container) => ({ name: container, image: 'nginx' })) },
  })
  expect(status).toBe(201)
  if (annotations?.['fairlead.dev/simulate'] === undefined) await untilPhase(name, 'Running')
}

async function untilPhase(name: string, phase: string) {
  const read = async () => (await server.request('GET', `/api/v1/namespaces/${namespace}/pods/${name}`)).body
  await expect.poll(read, { timeout: 15_000, interval: 100 }).toMatchObject({ status: { phase } })
}

function fileOf(name: string): string {
  return join(server.stateDir, `log-${namespace}-${name}`)
}

function written(lines: string[], last = Date.now()): string {
  return lines
    .map(
      (line, index) =>
        `${new Date(last - (lines.length - index) * 1000).toISOString().replace('Z', '000000Z')} stdout F ${line}\n`,
    )
    .join('')
}

async function say(name: string, lines: string[]) {
  await writeFile(fileOf(name), written(lines))
  await chmod(fileOf(name), 0o644)
  const { status } = await server.request('POST', `/apis/kwok.x-k8s.io/v1alpha1/namespaces/${namespace}/logs`, {
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind: 'Logs',
    metadata: { name, namespace },
    spec: { logs: [{ logsFile: fileOf(name) }] },
  })
  expect(status).toBe(201)
  // kwok takes up to a second to see it.
  await new Promise((resolve) => setTimeout(resolve, 1500))
}

async function logs(args: object): Promise<string[]> {
  return (await tools.run(k8sLogs, { ...args })).output.split('\n')
}

test('the newest lines, oldest first; equal ones that follow each other once', async () => {
  const lines = [
    'starting',
    ...Array<string>(490).fill('E1121 10:00:00.1 cannot reach db'),
    ...Array.from({ length: 9 }, (_, n) => `try ${n}`),
  ]
  await aPod('noisy', { lines })
  expect(await logs({ pod_name: 'noisy', num_lines: 500 })).toEqual([
    'starting',
    'E1121 10:00:00.1 cannot reach db [x490]',
    ...lines.slice(-9),
  ])
  expect(await logs({ pod_name: 'noisy', num_lines: '500', group: 'false' })).toEqual(lines)
  expect(await logs({ pod_name: 'noisy' })).toEqual(['E1121 10:00:00.1 cannot reach db [x41]', ...lines.slice(-9)])
  expect(await logs({ pod_name: 'noisy', grep: '(?i)STARTING|try [78]', exclude: '7' })).toEqual(['starting', 'try 8'])
  expect(await logs({ pod_name: 'noisy', grep: 'no such thing' })).toEqual(['No log lines in the selected window.'])
  expect((await logs({ pod_name: 'noisy', num_lines: 1, timestamps: true }))[0]).toMatch(
    /^\d{4}-\d\d-\d\dT[\d:.]+Z try 8$/,
  )
}, 30_000)

test('secrets and escape sequences never leave', async () => {
  const key = [
    '-----BEGIN RSA PRIVATE KEY-----',
    'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj',
    'QUJD',
    '-----END RSA PRIVATE KEY-----',
  ]
  await aPod('leaky', {
    lines: [
      'url=postgres://app:hunter2@db/shop',
      'Authorization: Bearer 0123456789abcdef',
      ...key,
      '\u001b[31mred\u001b[0m',
    ],
  })
  expect(await logs({ pod_name: 'leaky' })).toEqual([
    'url=postgres://app:***@db/shop',
    'Authorization: Bearer ***',
    '***',
    'red',
  ])
  expect(await logs({ pod_name: 'leaky', grep: 'MIIE|hunter2|0123' })).toEqual(['No log lines in the selected window.'])
}, 30_000)

test('a log over the limit keeps its newest lines', async () => {
  const lines = Array.from({ length: 400 }, (_, n) => `line ${n} ${'x'.repeat(90)}`)
  await aPod('long', { lines })
  const small = readTools({ kubeconfig: server.kubeconfig, namespace, settings: { maxOutputChars: 5_000 } })
  try {
    const result = await small.run(k8sLogs, { pod_name: 'long', num_lines: 400 })
    const shown = result.output.split('\n')
    expect(result.output.length).toBeLessThanOrEqual(5_000)
    expect(shown.at(-1)).toMatch(
      /^\[truncated: showing (\d+) of more than \1 lines; narrow with grep, since or num_lines\]$/,
    )
    expect(shown.at(-2)).toMatch(/^line 399 /)
    expect(result.truncated).toBe(true)
  } finally {
    await small.close()
  }
}, 30_000)

test('several containers: one must be named, annotated, or all', async () => {
  await aPod('two', { containers: ['app', 'proxy'] })
  await aPod('told', {
    containers: ['app', 'proxy'],
    annotations: { 'kubectl.kubernetes.io/default-container': 'proxy' },
  })
  expect(await tools.refusal(k8sLogs, { pod_name: 'two' })).toBe(
    'InvalidArgument: container_name is needed: pod "two" has several containers. Containers: app, proxy.',
  )
  expect(await tools.refusal(k8sLogs, { pod_name: 'two', container_name: 'db' })).toBe(
    'InvalidArgument: container_name "db" is not a container of pod "two". Containers: app, proxy.',
  )
  const { warnings } = await tools.run(k8sLogs, { pod_name: 'told' })
  expect(warnings).toEqual(['Container "proxy" of pod "told" was chosen, as none was named.'])
  const all = await logs({ pod_name: 'two', all_containers: true, num_lines: 2 })
  expect(all.filter((line) => line.startsWith('==>'))).toEqual(['==> two/app <==', '==> two/proxy <=='])
})

test('a pod and its log are asked for at the same moment; another log than the one that is meant, again', async () => {
  await Promise.all([
    aPod('at-once'),
    aPod('at-once-two', {
      containers: ['app', 'proxy'],
      annotations: { 'kubectl.kubernetes.io/default-container': 'proxy' },
    }),
  ])
  const proxy = await startRecordingProxy(server)
  const proxied = readTools({ kubeconfig: proxy.kubeconfig, namespace })
  const urlsOf = (pattern: RegExp) =>
    proxy.seen.map(({ path }) => new URL(path, server.url)).filter(({ pathname }) => pattern.test(pathname))
  const logRequests = () => urlsOf(/\/log$/).map(({ searchParams }) => searchParams.get('container'))
  const podRequests = () => urlsOf(/\/pods\/[^/]+$/).map(({ search }) => search)
  // The pod is held back until its log is asked for.
  proxy.interfere(async ({ path }) => {
    if (/\/pods\/[^/]+$/.test(path)) await expect.poll(() => logRequests().length).toBe(1)
  })
  const callLogs = async (args: Arguments) => {
    proxy.seen.length = 0
    await proxied.run(k8sLogs, args)
    return logRequests()
  }
  try {
    expect(await callLogs({ pod_name: 'at-once' })).toEqual([null])
    expect(podRequests()).toEqual(['?resourceVersion=0'])
    expect(await callLogs({ pod_name: 'at-once', all_containers: true })).toEqual([null])
    expect(await callLogs({ pod_name: 'at-once-two', container_name: 'app' })).toEqual(['app'])
    expect(await callLogs({ pod_name: 'at-once-two' })).toEqual([null, 'proxy'])
    expect(podRequests()).toEqual(['?resourceVersion=0', ''])
    expect(await callLogs({ pod_name: 'at-once-two', all_containers: true })).toEqual([null, 'app', 'proxy'])
  } finally {
    await proxied.close()
    await proxy.close()
  }
}, 30_000)

test('a workload is its newest five pods, each with a heading', async () => {
  requireNodes(server)
  const { status } = await server.request('POST', `/apis/apps/v1/namespaces/${namespace}/deployments`, {
    metadata: { name: 'web' },
    spec: {
      replicas: 6,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'app', image: 'nginx' }] } },
    },
  })
  expect(status).toBe(201)
  const headings = async (args: object) =>
    (await logs({ num_lines: 1, ...args })).filter((line) => /^==> web-.*\/app <==$/.test(line))
  await expect.poll(() => headings({ pod_name: 'deployment/web' }).catch(() => []), { timeout: 15_000 }).toHaveLength(5)
  const { warnings } = await tools.run(k8sLogs, { pod_name: 'deploy/web' })
  expect(warnings).toEqual(['These are the 5 newest of 6 pods.'])
  for (const type of ['deployments', 'deployment.apps', 'Deploy.apps'])
    expect(await headings({ pod_name: `${type}/web` })).toHaveLength(5)
  expect(await headings({ pod_name: '*', label_selector: 'app=web' })).toHaveLength(5)
  expect(await tools.refusal(k8sLogs, { pod_name: 'deployment/web', label_selector: 'app=other' })).toBe(
    `NotFound: no pods of deployment "web" in namespace ${namespace}.`,
  )
}, 30_000)

test('an instance before, both, and none', async () => {
  await aPod('restarted', { annotations: { 'fairlead.dev/simulate': 'crashloop' } })
  await aPod('steady')
  const previous = () => logs({ pod_name: 'restarted', previous: true }).catch((error: Error) => [error.message])
  await expect.poll(previous, { timeout: 15_000 }).not.toEqual([expect.stringContaining('no previous instance')])
  const both = await logs({ pod_name: 'restarted', both_instances: true })
  expect(both.filter((line) => line.startsWith('==>'))).toEqual([
    '==> restarted/app (previous) <==',
    '==> restarted/app <==',
  ])
  expect(await tools.refusal(k8sLogs, { pod_name: 'steady', previous: true })).toBe(
    'NotFound: container "app" of pod "steady" has no previous instance that ended. Its present instance has a log.',
  )
}, 30_000)

test('a container that never started says why', async () => {
  await aPod('stuck', { annotations: { 'fairlead.dev/simulate': 'imagepullbackoff' } })
  await expect
    .poll(() => tools.refusal(k8sLogs, { pod_name: 'stuck' }), { timeout: 15_000 })
    .toMatch(/^Unavailable: container "app" of pod "stuck" has not started: (ErrImagePull|ImagePullBackOff)/)
})

test('following shows each new line at once, and ends with its time', async () => {
  await aPod('live', { lines: ['before'] })
  const mcp = await startTestMcp(server.kubeconfig)
  try {
    const args = { pod_name: 'live', namespace, follow_seconds: 6, exclude: 'noise' }
    const { promise: isFollowed, resolve: follow } = Promise.withResolvers<unknown>()
    const call = { name: 'k8s_logs', arguments: args, _meta: { progressToken: 'call_7' } }
    const callLogs = hearCall(mcp.url, call, follow)
    await Promise.race([isFollowed, callLogs])
    await appendFile(fileOf('live'), written(['noise', '\u001b[31mafter\u001b[0m']))
    const { answer, notices } = await callLogs
    expect(answer.output).toBe('before\nafter')
    expect(notices).toMatchObject([
      { seq: 1, stream: 'stdout', text: 'before\n' },
      { seq: 2, stream: 'stdout', text: '\u001b[31mafter\u001b[0m\n' },
    ])
  } finally {
    await mcp.close()
  }
}, 30_000)

test('what is found in a followed log is never a secret, and a line that is too long is cut before one', async () => {
  const [key, ...others] = secretShapes()
  const [token] = others.filter(({ shape }) => shape === 'a GitHub token')
  if (key === undefined || token === undefined) throw new Error('a shape is missing')
  const long = `${'x '.repeat(32 * 1024).slice(0, 64 * 1024 - 20)}${token.text} ${'y '.repeat(1_000)}`
  await aPod('torn', { lines: [...key.text.split('\n'), long, 'after'] })
  const mcp = await startTestMcp(server.kubeconfig)
  try {
    const follow = (args: object) =>
      hearCall(mcp.url, {
        name: 'k8s_logs',
        arguments: { pod_name: 'torn', namespace, ...args },
        _meta: { progressToken: 'call_7' },
      })
    const [{ answer, notices }, found] = await Promise.all([
      follow({ follow_seconds: 9 }),
      follow({ follow_seconds: 9, grep: '[0-9a-zA-Z+/]{16}' }),
    ])
    const live = notices.map(({ text }) => text).join('')
    for (const secret of [key, token]) expect(leakedPiece(live, secret)).toBeUndefined()
    expect(live).toMatch(/^\*\*\*\n(x ){32000,}with … \(67\d{3} characters\)\nafter\n$/)
    expect(answer.output).toMatch(/^after\n\[truncated: showing 1 of 3 lines; /)
    expect(found.answer.output).toBe('No log lines in the selected window.')
    expect(found.answer.warnings).toEqual([
      'Lines of container "app" of pod "torn" with more than 65536 characters were searched up to there only.',
    ])
    expect(answer).not.toHaveProperty('warnings')
  } finally {
    await mcp.close()
  }
}, 40_000)

test('of a single line that is too long its two ends are shown, nothing of a secret at the cut', async () => {
  const [token] = secretShapes().filter(({ shape }) => shape === 'a GitHub token')
  if (token === undefined) throw new Error('a shape is missing')
  // Three bytes each: the limit of bytes falls into the token long before that of characters.
  await aPod('wide', { lines: [`${'€ '.repeat(1_240)}${token.text}${' €'.repeat(9_000)}`] })
  const small = readTools({ kubeconfig: server.kubeconfig, namespace, settings: { maxOutputChars: 5_000 } })
  try {
    const cut = await small.run(k8sLogs, { pod_name: 'wide' })
    expect(leakedPiece(cut.output, token)).toBeUndefined()
    expect(cut.output).toMatch(/^(€ ){1200,}with …/)
    const whole = await small.run(k8sLogs, { pod_name: 'wide', grep: '€' })
    expect(whole.output).toMatch(
      /^(€ ){1240}with \*\*\*( €){100,} *\[… 20\d{3} characters in all …\] [€ ]+\n\[truncated: /,
    )
  } finally {
    await small.close()
  }
}, 40_000)

test('a cancelled call follows no further', async () => {
  await aPod('cut')
  const abort = new AbortController()
  const callLogs = tools
    .call(k8sLogs, { pod_name: 'cut', follow_seconds: 60 }, abort.signal)
    .catch((error: Error) => error)
  setTimeout(() => abort.abort(), 300)
  expect(await callLogs).toMatchObject({ code: 'Cancelled' })
}, 30_000)

test('since looks back no further than it says', async () => {
  await aPod('old', { lines: Array.from({ length: 120 }, (_, n) => `line ${n}`) })
  const recent = await logs({ pod_name: 'old', since: '1m', num_lines: 1000 })
  expect(recent.at(-1)).toBe('line 119')
  expect(recent.length).toBeLessThan(61)
  const { output } = await tools.run(k8sLogs, {
    pod_name: 'old',
    since_time: new Date(Date.now() + 60_000).toISOString(),
  })
  expect(output).toBe('No log lines in the selected window.')
}, 30_000)

test.each([
  [{ pod_name: 'a', since: '1m', since_time: '2026-01-31T10:00:00Z' }, 'since and since_time exclude each other.'],
  [{ pod_name: 'a', previous: true, both_instances: true }, 'previous and both_instances exclude each other.'],
  [
    { pod_name: 'a', container_name: 'b', all_containers: true },
    'container_name and all_containers exclude each other.',
  ],
  [
    { pod_name: 'a', follow_seconds: 5, previous: true },
    'follow_seconds excludes previous and both_instances: an instance that ended says nothing more.',
  ],
  [
    { pod_name: 'a', label_selector: 'b' },
    'label_selector needs pod_name "*" or TYPE/NAME; a single pod has a name already.',
  ],
  [{ pod_name: '*' }, 'pod_name "*" needs label_selector.'],
  [
    { pod_name: 'node/a' },
    'pod_name "node/a" is not a pod or one of deployment/NAME, replicaset/NAME, statefulset/NAME, daemonset/NAME, job/NAME, service/NAME, pod/NAME.',
  ],
  [{ pod_name: 'a', grep: 'a(b' }, 'grep "a(b" is not a pattern of RE2: missing closing ) at character 1.'],
  [
    { pod_name: 'a', since: '5x' },
    'since "5x" is not a duration. A duration is a number and a unit, ms, s, m or h, as in 90s or 1h30m, more than 0 and at most 720h.',
  ],
])('%j is refused', async (args, sentence) => {
  expect(await tools.refusal(k8sLogs, args)).toBe(`InvalidArgument: ${sentence}`)
})
