import type { Client } from '../runtime/client.ts'
import { keys } from '../runtime/keys.ts'
import { type Controller, itself } from '../runtime/run-controllers.ts'
import type { KubeObject } from '../runtime/shapes.ts'

const KEPT_MS = 3_600_000

/** Forgets events that nobody has written for an hour, whatever times they tell. */
export function oldEvents(client: Client): Controller {
  return {
    name: 'event',
    wakes: (event) => (event.resource === keys.events && event.type === 'ADDED' ? itself(event) : []),
    reconcile(namespace, name) {
      const event = client.get<KubeObject>(keys.events, namespace, name)
      if (event === undefined) return undefined
      const { creationTimestamp, managedFields = [] } = event.metadata
      const written = [creationTimestamp, ...managedFields.map(({ time }) => time)].map((time) => Date.parse(time))
      const left = Math.max(...written) + KEPT_MS - client.now
      if (left > 0) return left
      client.delete(keys.events, event)
      return undefined
    },
  }
}
