import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { findHelm } from '@fairlead/testing/cluster/kubernetes-assets'
import { Agent, request } from 'undici'
import { callTool } from '../call-tool.ts'
import { median } from '../percentile.ts'
import type { Bench } from './bench.ts'

const RELEASES = 200
const ROLLOUTS = 100
const CALLS = 200
const PROCESSES = 20
const ROUNDS = 10
/** So that the code of both processes is compiled. */
const CALLS_BEFORE = 400

const run = promisify(execFile)

/** Reads of Helm beside the helm process, and of Argo Rollouts beside the bare request, by turns in one run. */
export const deliveryReads: Bench = async (servers, report) => {
  const apiServer = await servers.apiServer()
  const toolServer = await servers.toolServer()
  const namespace = await apiServer.newNamespace('delivery')
  await storeReleases(apiServer, namespace)
  await storeRollouts(apiServer, namespace)
  const helm = findHelm(4) ?? findHelm(3)
  if (helm === undefined) throw new Error('this bench needs helm3 or helm4 in KUBEBUILDER_ASSETS')
  const place = [`--namespace=${namespace}`, `--kubeconfig=${apiServer.kubeconfig}`]
  const called = (name: string, args: object) => callTool(toolServer.url, { name, args, caller: 0 })
  const name = 'web-0'
  const reads = [
    {
      what: `helm_list_releases, ${RELEASES} releases`,
      call: () => called('helm_list_releases', { namespace }),
      process: () => run(helm, ['list', '--max=0', ...place], { maxBuffer: 16 * 1024 * 1024 }),
    },
    {
      what: 'helm_status',
      call: () => called('helm_status', { release_name: name, namespace }),
      process: () => run(helm, ['status', name, ...place]),
    },
  ]
  for (const { what, call, process } of reads) {
    await times(call, CALLS_BEFORE)
    const { first: own, second: helmMs } = await byTurns(call, process, { first: CALLS, second: PROCESSES })
    report({ name: `${what}: p50`, value: own, unit: 'ms' })
    report({ name: `${what}: the helm process, p50`, value: helmMs, unit: 'ms' })
    report({ name: `${what}: of the helm process's time`, value: own / helmMs, unit: 'times', bar: { atMost: 1 / 3 } })
  }
  const bare = bareRequest(apiServer, `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/rollouts?limit=500`)
  const list = () => called('argo_list_rollouts', { namespace })
  await times(list, CALLS_BEFORE)
  await times(bare, CALLS_BEFORE)
  const { first, second } = await byTurns(list, bare, { first: CALLS, second: CALLS })
  const what = `argo_list_rollouts, ${ROLLOUTS} Rollouts`
  const bar = { atMost: 2 * second + 3 }
  report({ name: `${what}: p50 (bar: 2 times the bare request, and 3 ms)`, value: first, unit: 'ms', bar })
  report({ name: `${what}: the bare request, p50`, value: second, unit: 'ms' })
}

/** Medians of both, measured by turns: a shared machine is slower from one second to the next. */
async function byTurns(
  one: () => Promise<unknown>,
  other: () => Promise<unknown>,
  calls: { first: number; second: number },
): Promise<{ first: number; second: number }> {
  const own: number[] = []
  const others: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    own.push(...(await times(one, calls.first / ROUNDS)))
    others.push(...(await times(other, calls.second / ROUNDS)))
  }
  return { first: median(own), second: median(others) }
}

async function times(work: () => Promise<unknown>, calls: number): Promise<number[]> {
  const taken: number[] = []
  for (let done = 0; done < calls; done++) {
    const began = performance.now()
    await work()
    taken.push(performance.now() - began)
  }
  return taken
}

function bareRequest({ url, token, caFile }: ApiServer, path: string) {
  const dispatcher = new Agent({ connect: { ca: readFileSync(caFile, 'utf8') } })
  return async () => {
    const answer = await request(`${url}${path}`, { dispatcher, headers: { authorization: `Bearer ${token}` } })
    const text = await answer.body.text()
    if (answer.statusCode !== 200) throw new Error(`${path}: ${answer.statusCode} ${text}`)
    JSON.parse(text)
  }
}

/** Records as helm keeps them: JSON, packed, in base64, once more in that of the Secret. */
async function storeReleases(apiServer: ApiServer, namespace: string): Promise<void> {
  for (let number = 0; number < RELEASES; number++) {
    const name = `web-${number}`
    const at = '2026-11-26T12:00:00Z'
    const record = {
      ...{ name, namespace, version: 1, config: { replicas: 2 } },
      info: { first_deployed: at, last_deployed: at, deleted: '', description: 'Install complete', status: 'deployed' },
      chart: {
        metadata: { apiVersion: 'v2', name: 'web', version: '1.0.0', appVersion: '1.0.0' },
        templates: [],
        values: {},
      },
      manifest: `---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  text: ${'x'.repeat(8_000)}\n`,
    }
    const release = gzipSync(JSON.stringify(record)).toString('base64')
    await post(apiServer, `/api/v1/namespaces/${namespace}/secrets`, {
      type: 'helm.sh/release.v1',
      metadata: {
        name: `sh.helm.release.v1.${name}.v1`,
        labels: { name, owner: 'helm', status: 'deployed', version: '1', modifiedAt: '1795694400' },
      },
      stringData: { release },
    })
  }
}

async function storeRollouts(apiServer: ApiServer, namespace: string): Promise<void> {
  for (let number = 0; number < ROLLOUTS; number++) {
    const labels = { app: `web-${number}` }
    await post(apiServer, `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/rollouts`, {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Rollout',
      metadata: { name: `web-${number}` },
      spec: {
        replicas: 0,
        selector: { matchLabels: labels },
        strategy: { canary: { steps: [{ setWeight: 20 }, { pause: {} }] } },
        template: { metadata: { labels }, spec: { containers: [{ name: 'app', image: 'web:1' }] } },
      },
    })
  }
}

async function post(apiServer: ApiServer, path: string, object: object): Promise<void> {
  const { status, body } = await apiServer.request('POST', path, object)
  if (status !== 201) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`)
}
