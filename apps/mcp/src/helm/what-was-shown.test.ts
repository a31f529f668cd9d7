import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { metaKeys } from '@fairlead/contract/tool/tool-meta'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { requireHelm } from '@fairlead/testing/cluster/helm-path'
import { type ChartServer, helmSettings, startChartServer } from '@fairlead/testing/helm/charts'
import { helmMajors } from '@fairlead/testing/helm/helm-majors'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Args, startTestMcp, type TestMcp } from '../fixtures/mcp-server.fixture.ts'
import { type ClusterState, clusterState } from '../fixtures/tools/cluster-state.fixture.ts'
import { type Changed, masked, withChanges } from '../fixtures/tools/prove-what-was-shown.fixture.ts'

const seed = Number(process.env.FAIRLEAD_SEED ?? randomInt(2 ** 31))
const numRuns = process.env.FAIRLEAD_FULL === '1' ? 15 : 2

/** Its values say which objects there are, and all that is in them. */
const chartOf = (version: string) => ({
  'Chart.yaml': `apiVersion: v2\nname: random\nversion: ${version}\n`,
  'templates/all.yaml': `
{{- range $name, $data := .Values.maps }}
---
apiVersion: v1
kind: ConfigMap
metadata: { name: {{ $.Release.Name }}-{{ $name }}, annotations: { chart: "{{ $.Chart.Version }}" } }
data:
{{ toYaml $data | indent 2 }}
{{- end }}
{{- range $name, $data := .Values.secrets }}
---
apiVersion: v1
kind: Secret
metadata: { name: {{ $.Release.Name }}-{{ $name }} }
data:
{{- range $key, $value := $data }}
  {{ $key }}: {{ $value | b64enc | quote }}
{{- end }}
{{- end }}
{{- range $name, $image := .Values.deployments }}
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: {{ $.Release.Name }}-{{ $name }} }
spec:
  replicas: 0
  selector: { matchLabels: { app: {{ $name }} } }
  template:
    metadata: { labels: { app: {{ $name }} } }
    spec: { containers: [ { name: app, image: {{ $image | quote }} } ] }
{{- end }}
`,
})

const plain = { noNullPrototype: true } as const
const text = fc.oneof(
  fc.string({ maxLength: 20, unit: 'grapheme-ascii' }),
  fc.constantFrom('0', 'true', 'a: b', 'Grüße ☃', '~'),
)
const data = fc.dictionary(fc.constantFrom('one', 'two', 'three.txt'), text, { ...plain, minKeys: 1 })
const image = fc.constantFrom('a:1', 'b:2', 'registry.example.com:5000/shop/web:1.2')
const values = fc.record({
  maps: fc.dictionary(fc.constantFrom('m1', 'm2', 'm3'), data, plain),
  secrets: fc.dictionary(fc.constantFrom('s1', 's2'), data, plain),
  deployments: fc.dictionary(fc.constantFrom('d1', 'd2'), image, plain),
})

const defaults = { maps: { m1: { one: 'a: b' } }, secrets: { s1: { two: '~' } }, deployments: { d1: 'a:1', d2: 'b:2' } }

let api: ApiServer
let charts: ChartServer
beforeAll(async () => {
  api = await sharedApiServer()
  requireHelm()
  charts = await startChartServer({
    'random-1.0.0.tgz': chartOf('1.0.0'),
    'random-1.1.0.tgz': chartOf('1.1.0'),
    'plain-1.0.0.tgz': { ...chartOf('1.0.0'), 'values.yaml': JSON.stringify(defaults) },
  })
})
afterAll(() => charts?.[Symbol.asyncDispose]())

describe.each(helmMajors)(`with helm %i (FAIRLEAD_SEED=${seed})`, (major) => {
  let mcp: TestMcp
  let namespace: string
  beforeAll(async () => {
    namespace = await api.newNamespace('helm-shown')
    const env = { ...(await helmSettings(major, charts.url)), MCP_DEFAULT_NAMESPACE: namespace }
    mcp = await startTestMcp(api.kubeconfig, { env })
  })
  afterAll(() => mcp?.close())

  /** Without what helm keeps of its revisions. */
  const stateOf = async (): Promise<ClusterState> => {
    const state = Object.entries(await clusterState(api, namespace))
    return Object.fromEntries(state.filter(([name]) => !name.startsWith('Secret sh.helm.release.')))
  }
  const execute = async (tool: string, args: Args, preview: Awaited<ReturnType<TestMcp['preview']>>) => {
    assert.equal(preview.error, false, preview.output)
    const { outcome, output } = await mcp.call(tool, args, {
      [metaKeys.grant]: mcp.engine.grant({ tool, args, preview }),
    })
    assert.equal(outcome, 'succeeded', output)
  }
  const prove = async (tool: string, args: Args): Promise<void> => {
    const before = await stateOf()
    const shown = await mcp.preview(tool, args)
    assert.deepEqual(await stateOf(), before, 'the preview has written')
    await execute(tool, args, shown)
    const after = await stateOf()
    const { objects = [], undo } = shown.effect ?? {}
    const key = Buffer.from(mcp.engine.redactionKey, 'base64')
    const ofCluster: readonly Changed[] = objects.filter(({ kind }) => kind !== 'Release')
    const made = ofCluster.filter(({ action }) => action === 'create')
    const [is, was] = [masked(after, key), masked(before, key)]
    // The server adds its defaults to what is made.
    for (const { kind, name, changes } of made) {
      const wanted = changes[0]?.after as { data?: object }
      expect(is[`${kind} ${name}`]).toMatchObject(wanted)
      // To these it adds none.
      if (kind !== 'Deployment') expect((is[`${kind} ${name}`] as typeof wanted).data).toEqual(wanted.data)
    }
    const names = new Set(made.map(({ kind, name }) => `${kind} ${name}`))
    const others = Object.fromEntries(Object.entries(is).filter(([name]) => !names.has(name)))
    const expected = withChanges(
      was,
      ofCluster.filter((object) => !made.includes(object)),
    )
    assert.deepEqual(others, expected, `${tool}: something else has changed than was shown`)
    const { verification } = await mcp.verify(tool, args, shown, 20)
    assert.equal(verification?.verdict, 'as_approved', `${tool}: ${JSON.stringify(verification)}`)
    if (undo === undefined || !('args' in undo)) return assert.equal(tool, 'helm_uninstall')
    await execute(undo.tool, undo.args, await mcp.preview(undo.tool, undo.args))
    assert.deepEqual(await stateOf(), before, `${tool}: the undo has not brought the state before back`)
  }

  let made = 0
  it(
    'each write of a release does exactly what was shown, is verified, and is taken back by its undo',
    async () => {
      const [first, second] = ['1.0.0', '1.1.0'].map((version) => `${charts.url}/random-${version}.tgz`)
      await fc.assert(
        fc.asyncProperty(values, values, async (one, two) => {
          const release_name = `random-${++made}`
          const given = (of: object) => JSON.stringify({ given: true, ...of })
          const common = { release_name, wait: false }
          const installation = { ...common, chart: first, values: given(one), create_namespace: false }
          await prove('helm_install_with_values', installation)
          await execute(
            'helm_install_with_values',
            installation,
            await mcp.preview('helm_install_with_values', installation),
          )
          await prove('helm_upgrade', { ...common, chart: second, values: given(two), reset_values: true })
          await prove('helm_rollback', { ...common, revision: 2 })
          await prove('helm_uninstall', { release_name, keep_history: true })
          await prove('helm_uninstall', { release_name })
        }),
        // Each run takes many runs of helm.
        { numRuns, seed, endOnFailure: true },
      )
    },
    numRuns * 120_000,
  )

  it('a plain installation, and a repository, are taken back by their undo', async () => {
    await prove('helm_install', { release_name: 'plain', chart: `${charts.url}/plain-1.0.0.tgz`, wait: false })
    const repositories = async () => (await mcp.call('helm_search_repo', { keyword: 'random' })).output
    const before = await repositories()
    for (const [tool, args] of [['helm_repo_add', { name: 'kept', url: charts.url }]] as const) {
      const shown = await mcp.preview(tool, args)
      await execute(tool, args, shown)
      expect(await repositories()).toContain('kept/random')
      expect((await mcp.verify(tool, args, shown)).verification?.verdict).toBe('as_approved')
      const { undo } = shown.effect ?? {}
      assert(undo !== undefined && 'args' in undo)
      const removal = await mcp.preview(undo.tool, undo.args)
      await execute(undo.tool, undo.args, removal)
      expect(await repositories()).toBe(before)
      const { undo: again } = removal.effect ?? {}
      assert(again !== undefined && 'args' in again)
      await execute(again.tool, again.args, await mcp.preview(again.tool, again.args))
      expect(await repositories()).toContain('kept/random')
    }
  }, 60_000)
})
