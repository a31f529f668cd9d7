import { setTimeout as sleep } from 'node:timers/promises'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { requireNodes } from '@fairlead/testing/cluster/require-nodes'

type PodBody = { metadata: { name: string; [field: string]: unknown }; spec: { [field: string]: unknown } }

/** Makes a pod and waits until a simulated node runs it; of one that never will, until it has a phase. */
export async function makePod(
  cluster: ApiServer,
  namespace: string,
  pod: PodBody,
  phases: readonly string[] = ['Running'],
): Promise<void> {
  if (!phases.includes('Pending')) requireNodes(cluster)
  const path = `/api/v1/namespaces/${namespace}/pods`
  const create = async () => {
    const { status, body } = await cluster.request('POST', path, pod)
    if (status !== 201) throw new Error(`pod ${pod.metadata.name} not made: ${status} ${JSON.stringify(body)}`)
  }
  await create()
  for (const deadline = Date.now() + 10_000; ; await sleep(50)) {
    const { status, body: live } = await cluster.request('GET', `${path}/${pod.metadata.name}`)
    // A simulated node that was late with the end of another pod of that name has taken this one for it.
    if (status === 404) await create()
    const { phase = 'none' } = (live as { status?: { phase?: string } }).status ?? {}
    if (phases.includes(phase)) return
    if (Date.now() > deadline) throw new Error(`pod ${pod.metadata.name} has the phase ${phase} after 10 s`)
  }
}

/** What to wait for where a pod need not run: without nodes it waits for one for ever. */
export function runningIfItCan({ hasNodes }: ApiServer): readonly string[] {
  return [hasNodes ? 'Running' : 'Pending']
}

/** Containers that a simulated node runs. */
export function containers(...names: string[]) {
  return names.map((name) => ({ name, image: 'nginx:1.27' }))
}
