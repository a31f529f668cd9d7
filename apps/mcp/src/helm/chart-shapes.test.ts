import { randomInt } from 'node:crypto'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { requireHelm } from '@fairlead/testing/cluster/helm-path'
import { type ChartServer, helmSettings, packChart, startChartServer } from '@fairlead/testing/helm/charts'
import { helmMajors } from '@fairlead/testing/helm/helm-majors'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { startTestMcp, type TestMcp } from '../fixtures/mcp-server.fixture.ts'
import { clusterState } from '../fixtures/tools/cluster-state.fixture.ts'
import { chartShapes } from './chart-shapes.fixture.ts'

const seed = Number(process.env.FAIRLEAD_SEED ?? randomInt(2 ** 31))
/** Each takes several runs of helm; a short run takes some of them. */
const every = process.env.FAIRLEAD_FULL === '1' ? 1 : 6
const tried = chartShapes.filter((_, index) => index % every === seed % every)

test('there are as many as are promised', () => {
  expect(chartShapes.length).toBeGreaterThanOrEqual(40)
  expect(new Set(chartShapes.map(({ what }) => what)).size).toBe(chartShapes.length)
})

describe.each(helmMajors)(`with helm %i (FAIRLEAD_SEED=${seed})`, (major) => {
  let api: ApiServer
  let charts: ChartServer
  let mcp: TestMcp
  let namespace: string
  beforeAll(async () => {
    api = await sharedApiServer()
    requireHelm()
    charts = await startChartServer({})
    namespace = await api.newNamespace('shapes')
    const env = { ...(await helmSettings(major, charts.url)), MCP_DEFAULT_NAMESPACE: namespace }
    mcp = await startTestMcp(api.kubeconfig, { env })
  })
  afterAll(async () => {
    await mcp?.close()
    await charts?.[Symbol.asyncDispose]()
  })

  /** What is in the namespace, without what helm keeps of its revisions. */
  const present = async () =>
    Object.keys(await clusterState(api, namespace))
      .filter((name) => !name.startsWith('Secret sh.helm.release.'))
      .toSorted()

  it.each(tried)(
    '$what is installed as it was shown, and goes as that is shown',
    async ({ files, makes, values }) => {
      const index = tried.findIndex((shape) => shape.files === files)
      charts.archives.set(`shape${index}-1.0.0.tgz`, await packChart(files))
      const release_name = `shape${index}`
      const common = { release_name, chart: `${charts.url}/shape${index}-1.0.0.tgz`, wait: false }
      const [tool, args] =
        values === undefined ? ['helm_install', common] : ['helm_install_with_values', { ...common, values }]
      const before = await present()
      const { preview, result } = await mcp.approveAndRun(tool, args)
      expect(preview.error, preview.output).toBe(false)
      const shown = preview.effect?.objects.filter(({ kind }) => kind !== 'Release')
      const names = makes.map((name) => name.replace('NS', namespace).replace(/\bR\b/, release_name))
      expect(shown?.map(({ kind, name }) => `${kind} ${name}`)).toEqual(names)
      expect(result.outcome, result.output).toBe('succeeded')
      const { verification } = await mcp.verify(tool, args, preview, 20)
      expect(verification?.verdict, JSON.stringify(verification)).toBe('as_approved')
      const installed = await present()
      const others = installed.filter((name) => !before.includes(name) && !names.includes(name))
      expect(others, 'made, and not shown').toEqual([])
      const gone = await mcp.approveAndRun('helm_uninstall', { release_name })
      expect(gone.result.outcome, gone.result.output).toBe('succeeded')
      const deleted = gone.preview.effect?.objects.map(({ kind, name }) => `${kind} ${name}`) ?? []
      // Some are there until their controller lets go of them.
      await expect.poll(present, { timeout: 20_000 }).toEqual(installed.filter((name) => !deleted.includes(name)))
    },
    60_000,
  )
})
