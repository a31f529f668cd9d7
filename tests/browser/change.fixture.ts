import { randomUUID } from 'node:crypto'
import type { Chance } from '@fairlead/e2e/chance'
import { productWrites } from '@fairlead/e2e/kube-writes'
import { createDeployment, type Deployment, readDeployment } from '@fairlead/e2e/workloads'
import type { Installation } from './installation.fixture.ts'
import { toolCall } from './scenes.fixture.ts'

/** A workload in the cluster, and a question whose answer would scale it. */
export type Scaling = {
  message: string
  name: string
  namespace: string
  before: number
  after: number
  /** As the effect sums it up. */
  summary: string
  call: ReturnType<typeof toolCall>
  read(): Promise<Deployment>
  /** Somebody else changes it. */
  scaleTo(replicas: number): Promise<void>
  /** Writes of the product to the namespace that the API server let through. */
  writes(): ReturnType<typeof productWrites>
}

export async function newScaling(
  { cluster, scenes }: Installation,
  chance: Chance,
  { namespace: known, words = 'Done, as far as I can see.' }: { namespace?: string; words?: string } = {},
): Promise<Scaling> {
  const namespace = known ?? (await cluster.newNamespace(chance.name('shop')))
  const name = chance.name('web')
  const [before, after] = [chance.number(1, 3), chance.number(4, 6)]
  const place = { server: cluster, namespace }
  await createDeployment(place, { name, replicas: before })
  const message = `scale ${name} in ${namespace} to ${after}, ${randomUUID().slice(0, 4)}`
  const call = toolCall('k8s_scale', { resource_type: 'deployment', name, namespace, replicas: after })
  scenes.play(message, [{ text: `I will scale ${name}.`, toolCalls: [call] }, { text: words }])
  return {
    ...{ message, name, namespace, before, after, call },
    summary: `Scale ${name} ${before} → ${after} in ${namespace}`,
    read: () => readDeployment(place, name),
    scaleTo: async (replicas) => {
      const path = `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`
      const type = 'application/strategic-merge-patch+json'
      const { status } = await cluster.request('PATCH', path, { spec: { replicas } }, type)
      if (status !== 200) throw new Error(`not scaled: ${status}`)
    },
    writes: () => productWrites(cluster, namespace),
  }
}
