import { quotaUsage } from '../../api/admission/quota.ts'
import type { Client } from '../runtime/client.ts'
import { keys } from '../runtime/keys.ts'
import { type Controller, itself } from '../runtime/run-controllers.ts'
import type { KubeObject } from '../runtime/shapes.ts'

type Quota = KubeObject & {
  spec: { hard?: Record<string, string> }
  status: { hard?: Record<string, string>; used?: Record<string, string> }
}

/** Keeps how much of each quota is used. */
export function quotas(client: Client): Controller {
  return {
    name: 'resourcequota',
    wakes(event) {
      if (event.resource === keys.quotas) return itself(event)
      if (event.resource === keys.events || event.namespace === '') return []
      return client.list(keys.quotas, event.namespace).map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)
    },
    reconcile(namespace, name) {
      const quota = client.get<Quota>(keys.quotas, namespace, name)
      if (quota === undefined) return undefined
      const hard = quota.spec.hard ?? {}
      const used = quotaUsage(client.cluster.store, namespace, Object.keys(hard))
      client.changeStatus<Quota>(keys.quotas, quota, () => ({ hard, used }))
      return undefined
    },
  }
}
