import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { metaKeys } from '@fairlead/contract/tool/tool-meta'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { requireHelm } from '@fairlead/testing/cluster/helm-path'
import { type ChartServer, startChartServer, webChart } from '@fairlead/testing/helm/charts'
import { helmMajors } from '@fairlead/testing/helm/helm-majors'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Args, startTestMcp, type TestMcp } from '../fixtures/mcp-server.fixture.ts'
import { wrappedHelm } from '../fixtures/tools/helm-wrapper.fixture.ts'
import { hostileParts, hostileStrings } from '../fixtures/tools/hostile-values.fixture.ts'
import { helm } from './family.ts'

/** Keeps of each run: its arguments, its environment, and while it runs which sockets are open and where they lead. */
const recorder = `RUN=$(mktemp -d "$FOLDER/run.XXXXXX")
printf '%s\\0' "$@" > "$RUN/argv"
cat /proc/$$/environ > "$RUN/environ"
exec 3<&0
"$HELM" "$@" <&3 & PID=$!
trap 'kill -TERM $PID' TERM
while [ -e /proc/$PID/exe ]; do
  ls -l /proc/$PID/fd >> "$RUN/fds" 2> /dev/null
  cat /proc/net/tcp /proc/net/tcp6 /proc/net/udp /proc/net/udp6 >> "$RUN/net" 2> /dev/null
  sleep 0.01
done
wait $PID
exit $?`

/** By the rules of how helm is run: what it may be told, whatever a caller says. */
const verbs =
  /^(?:install|upgrade|rollback|uninstall|pull|template|test|lint|version|search repo|show (?:values|crds|chart|all)|repo (?:add|update|remove))$/
const flag =
  /^--(?:namespace=[a-z0-9-]{1,63}|(?:destination|version)=[^\0]+|values=-|dry-run=(?:server|client)|output=json|timeout=\d+s|wait(?:=legacy)?|atomic|rollback-on-failure|create-namespace|install|reset-values|reset-then-reuse-values|keep-history|include-crds|is-upgrade|template=\{\{\.Version\}\})$/
const variables = ['HELM_CACHE_HOME', 'HELM_CONFIG_HOME', 'HELM_DATA_HOME', 'HELM_DRIVER', 'HELM_PLUGINS', 'PATH']

type Run = { argv: string[]; names: string[]; places: string[] }

let api: ApiServer
let charts: ChartServer
beforeAll(async () => {
  api = await sharedApiServer()
  requireHelm()
  const check = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: check, annotations: { "helm.sh/hook": test } }\n'
  charts = await startChartServer({ 'web-1.0.0.tgz': webChart('1.0.0', { 'templates/check.yaml': check }) })
})
afterAll(() => charts?.[Symbol.asyncDispose]())

const isRun = (name: string) => name.startsWith('run.')

async function runsIn(folder: string): Promise<Run[]> {
  const runs = (await readdir(folder)).filter(isRun)
  return Promise.all(
    runs.map(async (run) => {
      const text = async (name: string) => await readFile(join(folder, run, name), 'utf8').catch(() => '')
      const inodes = new Set((await text('fds')).matchAll(/socket:\[(\d+)\]/g).map(([, inode]) => inode))
      const rows = (await text('net')).split('\n').map((line) => line.trim().split(/\s+/))
      return {
        argv: (await text('argv')).split('\0').slice(0, -1),
        names: (await text('environ')).split('\0').flatMap((line) => /^([^=]+)=/.exec(line)?.[1] ?? []),
        places: [...new Set(rows.filter((row) => inodes.has(row[9])).map((row) => row[2] ?? ''))],
      }
    }),
  )
}

/** As the kernel writes it: loopback, or nowhere yet. */
const isLoopback = (place: string) =>
  /^(?:0100007F|00000000|0000000000000000FFFF00000100007F|0{24}01000000|0{32}):/.test(place)

/** One good call of each tool, in an order in which each finds what it needs. */
function goodCalls(chart: string, namespace: string): [tool: string, args: Args][] {
  const place = { release_name: 'web', namespace }
  return [
    ['helm_repo_add', { name: 'shop', url: charts.url }],
    ['helm_repo_update', {}],
    ['helm_list_repos', {}],
    ['helm_search_repo', { keyword: 'web', version: '1.0.0' }],
    ['helm_show_values', { chart }],
    ['helm_lint', { chart }],
    ['helm_template', { ...place, chart: 'shop/web', version: '1.0.0', values: 'color: red' }],
    ['helm_install', { ...place, chart, create_namespace: false }],
    ['helm_install_with_values', { ...place, release_name: 'valued', chart, values: 'color: red', wait: false }],
    ['helm_upgrade', { ...place, chart: 'shop/web', version: '1.0.0', values: 'color: red', reset_values: true }],
    ['helm_list_releases', { namespace }],
    ...['status', 'history', 'get_values', 'get_manifest', 'get_hooks', 'get_notes', 'diff'].map(
      (read): [string, Args] => [`helm_${read}`, place],
    ),
    ['helm_test', place],
    ['helm_rollback', { ...place, revision: 1 }],
    ['helm_uninstall', { ...place, keep_history: true }],
    ['helm_repo_remove', { name: 'shop' }],
  ]
}

async function call(mcp: TestMcp, tool: string, args: Args): Promise<void> {
  const isWrite = helm.tools.find(({ name }) => name === tool)?.changes !== 'nothing'
  const answers = isWrite ? await mcp.approveAndRun(tool, args) : { result: await mcp.call(tool, args) }
  expect(answers.result.error, `${tool}: ${answers.result.output}`).toBe(false)
}

/** Each text of each call, hostile as a whole and in a part. */
function attacksOn(calls: readonly [tool: string, args: Args][]): [tool: string, args: Args][] {
  const hostile = hostileStrings({ namespace: 'kube-system', name: 'victim' })
  return calls.flatMap(([tool, args]) =>
    Object.entries(args).flatMap(([parameter, good]) => {
      if (typeof good !== 'string') return []
      const values = hostile.flatMap((value) => [value, ...(hostileParts[parameter]?.(value, good) ?? [])])
      return values.map((value): [string, Args] => [tool, { ...args, [parameter]: value }])
    }),
  )
}

it.each(helmMajors)(
  'helm %i is told nothing but what it may be, whatever a caller says, and speaks to loopback alone',
  {
    timeout: 400_000,
  },
  async (major) => {
    const { path, folder } = await wrappedHelm(major, recorder)
    // The wrapper was tried out with the environment of this test.
    const [tryOut = ''] = (await readdir(folder)).filter(isRun)
    await rm(join(folder, tryOut), { recursive: true })
    const namespace = await api.newNamespace('recorded')
    const mcp = await startTestMcp(api.kubeconfig, {
      env: {
        PATH: path,
        ...{ MCP_HELM_ALLOWED_REGISTRIES: charts.url, MCP_HELM_ALLOW_HTTP: 'true' },
        ...{ MCP_TOOLSETS: 'all', MCP_DEFAULT_NAMESPACE: namespace },
      },
    })
    const calls = goodCalls(`${charts.url}/web-1.0.0.tgz`, namespace)
    expect(new Set(calls.map(([tool]) => tool))).toEqual(new Set(helm.tools.map(({ name }) => name)))
    for (const [tool, args] of calls) await call(mcp, tool, args)
    const attacks = attacksOn(calls)
    const waiting = [...attacks]
    const attackNext = async (): Promise<void> => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        await mcp.call(...next, { [metaKeys.preview]: true })
      }
    }
    await Promise.all(Array.from({ length: 4 }, attackNext))
    await mcp.close()

    const runs = await runsIn(folder)
    const faults = runs.flatMap(({ argv, names, places }) => {
      const end = argv.indexOf('--')
      const words = argv.slice(0, end).filter((word) => !word.startsWith('-'))
      const wrong = [
        ...(end === -1 ? ['no --'] : []),
        ...(verbs.test(words.join(' ')) ? [] : ['verb']),
        ...argv.slice(0, end).filter((word) => word.startsWith('-') && !flag.test(word)),
        ...names.filter((name) => !variables.includes(name) && name !== 'KUBECONFIG'),
        ...variables.filter((name) => !names.includes(name)),
        ...places.filter((place) => !isLoopback(place)),
      ]
      return wrong.length === 0 ? [] : [{ argv, wrong }]
    })
    expect(faults).toEqual([])
    const reached = runs.filter(({ places }) => places.some((place) => place.startsWith('0100007F:')))
    expect(reached.length, 'no connection was seen').toBeGreaterThan(10)
    process.stdout.write(
      `helm ${major}: ${attacks.length} attacks, ${runs.length} runs, ${reached.length} that connect\n`,
    )
  },
)
