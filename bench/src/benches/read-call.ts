import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { Agent, request } from 'undici'
import { callTool } from '../call-tool.ts'
import type { Figure } from '../figure.ts'
import { median } from '../percentile.ts'
import type { Bench } from './bench.ts'

const CALLS = 4000
/** By turns with the bare request: on a shared machine both cost half as much again from one second to the next. */
const ROUNDS = 10
const PODS = 100
const MAX_CALLERS = 10

/**
 * Calls of each kind before anything is measured, so that the code of both processes is compiled. After 12,000 a
 * fourteenth of the tool server's CPU is still its compiler's, after these some 2 %.
 */
const CALLS_BEFORE = 20_000

/** A call, and the requests that give the same, sent at the same time. */
type Read = { name: string; tool: string; args: object; paths: readonly string[]; accept?: string }

/** Reads through the tool server beside the requests that they make of the API server, by turns. */
export const readCall: Bench = async (servers, report) => {
  const apiServer = await servers.apiServer()
  const toolServer = await servers.toolServer()
  const namespace = await apiServer.newNamespace('bench')
  const bare = bareRequests(apiServer, namespace)
  const both: Both = {
    bare: (caller, read) => bare.send(caller, read),
    called: (caller, { tool, args }) => callTool(toolServer.url, { name: tool, args, caller }),
    toolServerCpuMs: toolServer.cpuMs,
  }
  try {
    const reads = await prepareReads(apiServer, namespace)
    for (const read of reads) {
      const before = { calls: CALLS_BEFORE, callers: MAX_CALLERS }
      await timesOf((caller) => both.bare(caller, read), before)
      await timesOf((caller) => both.called(caller, read), before)
    }
    for (const read of reads) {
      for (const callers of [1, MAX_CALLERS]) for (const figure of await measure(both, read, callers)) report(figure)
    }
  } finally {
    await bare.close()
  }
}

type Both = {
  bare(caller: number, read: Read): Promise<unknown>
  called(caller: number, read: Read): Promise<unknown>
  toolServerCpuMs(): Promise<number>
}

async function measure({ bare, called, toolServerCpuMs }: Both, read: Read, callers: number): Promise<Figure[]> {
  const own: number[] = []
  const whole: number[] = []
  let cpuMs = 0
  for (let round = 0; round < ROUNDS; round++) {
    own.push(...(await timesOf((caller) => bare(caller, read), { calls: CALLS / ROUNDS, callers })))
    const before = await toolServerCpuMs()
    whole.push(...(await timesOf((caller) => called(caller, read), { calls: CALLS / ROUNDS, callers })))
    cpuMs += (await toolServerCpuMs()) - before
  }
  const of = `read call, ${read.name}, ${callers} at once`
  const requests = read.paths.length === 1 ? 'the bare request' : `the ${read.paths.length} bare requests`
  const bar = { atMost: 2 * median(own) + 3 }
  return [
    { name: `${of}: p50 (bar: 2 times ${requests}, and 3 ms)`, value: median(whole), unit: 'ms', bar },
    { name: `${of}: ${requests}, p50`, value: median(own), unit: 'ms' },
    { name: `${of}: of ${requests}, p50`, value: median(whole) / median(own), unit: 'times' },
    { name: `${of}: CPU of the tool server a call`, value: cpuMs / CALLS, unit: 'ms', bar: { atMost: 4 } },
  ]
}

/** What is read, made in the namespace. */
async function prepareReads(apiServer: ApiServer, namespace: string): Promise<readonly Read[]> {
  const settings = 'settings'
  const data = { region: 'north', level: 'info' }
  await apiServer.request('POST', `/api/v1/namespaces/${namespace}/configmaps`, { metadata: { name: settings }, data })
  const pod = await runPods(apiServer, namespace)
  return [
    {
      name: 'one object',
      tool: 'k8s_get',
      args: { resource_type: 'configmaps', name: settings, namespace, output: 'yaml' },
      paths: [`configmaps/${settings}`],
    },
    {
      name: `a list of ${PODS} pods`,
      tool: 'k8s_get',
      args: { resource_type: 'pods', namespace },
      paths: ['pods?limit=500&includeObject=None'],
      accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
    },
    {
      name: 'logs',
      tool: 'k8s_logs',
      args: { pod_name: pod, namespace },
      // As `kubectl logs` does: which container's log it is, and whether it is the one that is meant, stands in the pod.
      paths: [`pods/${pod}/log?tailLines=50`, `pods/${pod}`],
    },
  ]
}

/** The requests of a read, sent to the API server itself. */
function bareRequests({ url, token, caFile }: ApiServer, namespace: string) {
  const ca = readFileSync(caFile, 'utf8')
  // As at the tool server, each caller has a connection of its own.
  const dispatchers = Array.from({ length: MAX_CALLERS }, () => new Agent({ connect: { ca } }))
  const get = async (caller: number, path: string, accept = 'application/json') => {
    const answer = await request(`${url}/api/v1/namespaces/${namespace}/${path}`, {
      dispatcher: dispatchers[caller],
      headers: { authorization: `Bearer ${token}`, accept },
    })
    const text = await answer.body.text()
    if (answer.statusCode !== 200) throw new Error(`the API server answered ${answer.statusCode} to ${path}: ${text}`)
    if (text.startsWith('{')) JSON.parse(text)
  }
  return {
    send: (caller: number, { paths, accept }: Read) => Promise.all(paths.map((path) => get(caller, path, accept))),
    close: () => Promise.all(dispatchers.map((dispatcher) => dispatcher.close())),
  }
}

/** Pods that run, as far as simulated nodes run them; the name of one. */
async function runPods(apiServer: ApiServer, namespace: string): Promise<string> {
  const pods = `/api/v1/namespaces/${namespace}/pods`
  for (let number = 0; number < PODS; number++) {
    const { status, body } = await apiServer.request('POST', pods, {
      metadata: { name: `web-${number}`, labels: { app: 'web' } },
      spec: { containers: [{ name: 'main', image: 'registry.example/web:1.0' }] },
    })
    if (status !== 201) throw new Error(`${pods}: ${status} ${JSON.stringify(body)}`)
  }
  const isRunning = async () => {
    const { body } = await apiServer.request('GET', `${pods}?fieldSelector=status.phase%3DRunning`)
    return (body as { items: unknown[] }).items.length === PODS
  }
  for (let tries = 0; !(await isRunning()); tries++) {
    if (tries === 120) throw new Error(`${PODS} pods do not run after a minute`)
    await sleep(500)
  }
  return 'web-0'
}

async function timesOf(
  work: (caller: number) => Promise<unknown>,
  { calls, callers }: { calls: number; callers: number },
) {
  const times: number[] = []
  const call = async (caller: number) => {
    for (let done = 0; done < calls / callers; done++) {
      const began = performance.now()
      await work(caller)
      times.push(performance.now() - began)
    }
  }
  await Promise.all(Array.from({ length: callers }, (_, caller) => call(caller)))
  return times
}
