import { metaKeys } from '@fairlead/contract/tool/tool-meta'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { type JenkinsServer, startJenkinsServer } from '@fairlead/testing/jenkins/jenkins-server'
import { newBuild } from '@fairlead/testing/jenkins/jenkins-state'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Args, startTestMcp, type TestMcp } from '../fixtures/mcp-server.fixture.ts'

let api: ApiServer
let jenkins: JenkinsServer
let mcp: TestMcp
let injected: Args

beforeAll(async () => {
  api = await sharedApiServer()
  jenkins = await startJenkinsServer({ prefix: '/ci' })
  const namespace = await api.newNamespace('credentials')
  const name = 'jenkins-cred-0123456789abcdef0123'
  const stringData = { username: jenkins.user.name, 'api-token': jenkins.user.token, url: jenkins.url }
  await api.request('POST', `/api/v1/namespaces/${namespace}/secrets`, { metadata: { name }, stringData })
  injected = { api_url: jenkins.url, credentials_ref: `${namespace}/${name}` }
  const env = { INTEGRATIONS_SECRET_NAMESPACE: namespace, MCP_TOOLSETS: 'jenkins,jenkins-extra' }
  mcp = await startTestMcp(api.kubeconfig, { env })
})
afterAll(async () => {
  await mcp?.close()
  await jenkins?.[Symbol.asyncDispose]()
})
beforeEach(() => {
  jenkins.faults = {}
  jenkins.requests.length = 0
  jenkins.queue.length = 0
  jenkins.jobs.clear()
})

async function bodyOf(tool: string, args: Args = {}): Promise<Record<string, unknown>> {
  const { output, error } = await mcp.call(tool, { ...injected, ...args })
  expect(error, output).toBe(false)
  return JSON.parse(output).body
}

test('the queue is listed with what each waits for, the oldest first', async () => {
  jenkins.addJob('shop/web')
  jenkins.addJob('docs')
  for (const [id, job] of [
    [3, 'shop/web'],
    [5, 'docs'],
    [8, 'shop/web'],
  ] as const)
    jenkins.queue.push({ id, job, why: `waits as ${id}`, cancelled: false })
  const { items, totalItems } = await bodyOf('jenkins_get_queue', { limit: 2 })
  expect(totalItems).toBe(3)
  expect(items).toMatchObject([
    { id: 3, why: 'waits as 3', task: { fullName: 'shop/web' } },
    { id: 5, why: 'waits as 5', task: { fullName: 'docs' } },
  ])
})

test('an item is taken out of the queue once, and one that has started is not', async () => {
  jenkins.addJob('shop/web')
  jenkins.queue.push({ id: 4, job: 'shop/web', why: 'waits', cancelled: false })
  const args = { ...injected, queueId: 4 }
  const { preview, result } = await mcp.approveAndRun('jenkins_cancel_queue_item', args)
  expect(preview.effect).toMatchObject({
    basis: 'external',
    summary: 'Take the build of shop/web out of the queue (queue item 4)',
    objects: [{ kind: 'JenkinsQueueItem', changes: [{ path: '/cancelled', before: false, after: true }] }],
    undo: { impossible: expect.stringContaining('triggered anew') },
  })
  expect(result).toMatchObject({ outcome: 'succeeded', data: { cancelled: true } })
  expect(jenkins.requests.filter(({ method }) => method === 'POST')).toMatchObject([
    { path: '/ci/queue/cancelItem?id=4' },
  ])
  expect((await mcp.preview('jenkins_cancel_queue_item', args)).effect).toMatchObject({
    objects: [],
    summary: 'queue item 4 of shop/web was cancelled already',
  })

  jenkins.queue.push({ id: 5, job: 'shop/web', why: 'waits', cancelled: false })
  const second = { ...args, queueId: 5 }
  const approved = await mcp.preview('jenkins_cancel_queue_item', second)
  jenkins.startNext()
  const meta = {
    [metaKeys.grant]: mcp.engine.grant({ tool: 'jenkins_cancel_queue_item', args: second, preview: approved }),
  }
  const late = await mcp.call('jenkins_cancel_queue_item', second, meta)
  expect(late.output).toBe(
    'Stale: this is no longer the change that was approved: queue item 5 has left the queue: build 1 of shop/web has started. Nothing was written.',
  )
  const gone = await mcp.preview('jenkins_cancel_queue_item', { ...args, queueId: 99 })
  expect(gone).toMatchObject({
    output:
      'NotFound: Jenkins has nothing there (queue item 99). Jenkins forgets an item five minutes after it has left the queue.',
  })
})

test('what a build has left behind is told: stages, failed tests, files', async () => {
  const failed = { className: 'Cart', name: 'adds', status: 'REGRESSION', age: 1, errorDetails: 'expected 3 to be 4' }
  jenkins.addJob('shop/web', {
    builds: [
      newBuild(7, {
        pages: {
          'wfapi/describe': {
            id: '7',
            status: 'FAILED',
            durationMillis: 61_000,
            _links: { self: { href: '/x' } },
            stages: [
              { id: '6', name: 'Build', status: 'SUCCESS', durationMillis: 20_000, _links: {} },
              { id: '9', name: 'Test', status: 'FAILED', durationMillis: 41_000, error: { message: 'exit code 1' } },
            ],
          },
          testReport: {
            failCount: 2,
            passCount: 40,
            skipCount: 1,
            suites: [
              { name: 'cart', cases: [failed, { className: 'Cart', name: 'empties', status: 'PASSED' }] },
              { name: 'old', cases: [{ className: 'Old', name: 'fails', status: 'FAILED', age: 9 }] },
            ],
          },
        },
        more: { artifacts: [{ fileName: 'web.tgz', relativePath: 'dist/web.tgz', displayPath: 'web.tgz' }] },
      }),
      newBuild(6),
    ],
  })
  const job = { jobFullName: 'shop/web' }
  const { stages } = await bodyOf('jenkins_get_pipeline_stages', job)
  expect(stages).toEqual([
    { id: '6', name: 'Build', status: 'SUCCESS', durationMillis: 20_000 },
    { id: '9', name: 'Test', status: 'FAILED', durationMillis: 41_000, error: { message: 'exit code 1' } },
  ])
  expect(await bodyOf('jenkins_get_test_report', { ...job, build: 7, limit: 1 })).toEqual({
    failed: 2,
    passed: 40,
    skipped: 1,
    failures: [{ suite: 'cart', test: 'Cart.adds', isNew: true, failsSinceBuilds: 1, error: 'expected 3 to be 4' }],
  })
  expect((await bodyOf('jenkins_list_artifacts', { ...job, build: 7 })).artifacts).toEqual([
    { fileName: 'web.tgz', relativePath: 'dist/web.tgz' },
  ])
  for (const [tool, hint] of [
    ['jenkins_get_pipeline_stages', 'Pipeline: REST API'],
    ['jenkins_get_test_report', 'no test results'],
  ] as const)
    expect(await mcp.call(tool, { ...injected, ...job, build: 6 }), tool).toMatchObject({
      code: 'NotFound',
      hint: expect.stringContaining(hint),
    })
})

test('a report of several modules is read as one', async () => {
  const suites = (name: string, status: string) => ({
    result: { suites: [{ name, cases: [{ name: 'works', status }] }] },
  })
  const testReport = {
    failCount: 1,
    skipCount: 0,
    totalCount: 5,
    childReports: [suites('api', 'PASSED'), suites('web', 'FAILED')],
  }
  jenkins.addJob('mvn', { builds: [newBuild(1, { pages: { testReport } })] })
  expect(await bodyOf('jenkins_get_test_report', { jobFullName: 'mvn' })).toMatchObject({
    failed: 1,
    passed: 4,
    failures: [{ suite: 'web', isNew: false }],
  })
})

test('nodes are listed, and jobs found in all folders', async () => {
  jenkins.nodes = [{ displayName: 'linux-1', offline: true, offlineCauseReason: 'disk full', secret: 'no' }]
  for (const name of ['shop/web', 'shop/backend/webhooks', 'docs']) jenkins.addJob(name)
  expect((await bodyOf('jenkins_list_nodes')).nodes).toEqual([
    { displayName: 'linux-1', offline: true, offlineCauseReason: 'disk full' },
  ])
  const { jobs } = await bodyOf('jenkins_search_jobs', { keyword: 'WEB' })
  expect(jobs).toMatchObject([{ fullName: 'shop/web' }, { fullName: 'shop/backend/webhooks' }])
  expect((await bodyOf('jenkins_search_jobs', { keyword: 'backend/' })).jobs).toMatchObject([
    { fullName: 'shop/backend/webhooks' },
  ])
  expect(await bodyOf('jenkins_search_jobs', { keyword: 'nowhere' })).toEqual({ found: 0, jobs: [] })
})
