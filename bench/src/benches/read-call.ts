import { readFileSync } from 'node:fs'
import { Agent, request } from 'undici'
import { callTool } from '../call-tool.ts'
import { median } from '../percentile.ts'
import type { Bench } from './bench.ts'

const CALLS = 1000

/** Until the code is compiled, in the measured process and in this one: a server that has just started is another figure. */
const CALLS_BEFORE = 3000

/** A read through the tool server beside the request that it makes of the API server, by turns. */
export const readCall: Bench = async (servers, tell) => {
  const apiServer = await servers.apiServer()
  const toolServer = await servers.toolServer()
  const namespace = await apiServer.newNamespace('bench')
  const name = 'settings'
  const data = { region: 'north', level: 'info' }
  await apiServer.request('POST', `/api/v1/namespaces/${namespace}/configmaps`, { metadata: { name }, data })
  const dispatcher = new Agent({ connect: { ca: readFileSync(apiServer.caFile, 'utf8') } })
  const bare = async () => {
    const answer = await request(`${apiServer.url}/api/v1/namespaces/${namespace}/configmaps/${name}`, {
      dispatcher,
      headers: { authorization: `Bearer ${apiServer.token}`, accept: 'application/json' },
    })
    await answer.body.json()
    if (answer.statusCode !== 200) throw new Error(`the API server answered ${answer.statusCode}`)
  }
  const args = { resource_type: 'configmaps', name, namespace, output: 'yaml' }
  const read = (caller: number) => callTool(toolServer.url, { name: 'k8s_get', args, caller })
  try {
    for (const work of [bare, read]) await timesOf(work, { calls: CALLS_BEFORE, callers: 10 })
    for (const callers of [1, 10]) {
      const own: number[] = []
      const whole: number[] = []
      let cpuMs = 0
      for (let round = 0; round < 5; round++) {
        own.push(...(await timesOf(bare, { calls: CALLS / 5, callers })))
        const before = await toolServer.cpuMs()
        whole.push(...(await timesOf(read, { calls: CALLS / 5, callers })))
        cpuMs += (await toolServer.cpuMs()) - before
      }
      const of = `read call, ${callers} at once`
      const bar = { atMost: 1.5 * median(own) + 1 }
      tell({ name: `${of}: p50 (bar: 1.5 times the bare request, and 1 ms)`, value: median(whole), unit: 'ms', bar })
      tell({ name: `${of}: the bare request, p50`, value: median(own), unit: 'ms' })
      tell({ name: `${of}: CPU of the tool server a call`, value: cpuMs / CALLS, unit: 'ms', bar: { atMost: 2 } })
    }
  } finally {
    await dispatcher.close()
  }
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
