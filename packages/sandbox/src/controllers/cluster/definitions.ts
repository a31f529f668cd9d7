import type { Client } from '../runtime/client.ts'
import { keys } from '../runtime/keys.ts'
import { withCondition } from '../runtime/pod-state.ts'
import { type Controller, itself } from '../runtime/run-controllers.ts'
import type { Condition, KubeObject } from '../runtime/shapes.ts'

type Definition = KubeObject & {
  spec: { group: string; names: { plural: string; kind: string }; versions: { name: string; storage: boolean }[] }
  status: { conditions?: Condition[]; acceptedNames?: unknown; storedVersions?: string[] }
}
const CLEANUP = 'customresourcecleanup.apiextensions.k8s.io'

/** Has custom kinds served once they are defined, and their objects gone before they are. */
export function definitions(client: Client): Controller {
  return {
    name: 'apiextensions',
    wakes: (event) => (event.resource === keys.definitions ? itself(event) : []),
    reconcile(_none, name) {
      const definition = client.get<Definition>(keys.definitions, '', name)
      if (definition === undefined) return undefined
      const { names, group, versions } = definition.spec
      if (definition.metadata.deletionTimestamp !== undefined)
        return remove(client, definition, `${group}/${names.plural}`)
      if (!definition.metadata.finalizers?.includes(CLEANUP)) {
        client.change<Definition>(keys.definitions, definition, ({ metadata }) => {
          metadata.finalizers = [...(metadata.finalizers ?? []), CLEANUP]
        })
      }
      const accepted: Condition = {
        type: 'NamesAccepted',
        status: 'True',
        reason: 'NoConflicts',
        message: 'no conflicts found',
      }
      const established: Condition = {
        type: 'Established',
        status: 'True',
        reason: 'InitialNamesAccepted',
        message: 'the initial names have been accepted',
      }
      client.changeStatus<Definition>(keys.definitions, definition, (status) => ({
        conditions: [accepted, established].reduce(
          (all, each) => withCondition(all, each, client.timestamp),
          status.conditions ?? [],
        ),
        acceptedNames: names,
        storedVersions: versions.filter(({ storage }) => storage).map((each) => each.name),
      }))
      return undefined
    },
  }
}

function remove(client: Client, definition: Definition, key: string): number | undefined {
  const { store } = client.cluster
  for (const object of client.list(key)) store.remove(key, object.metadata.namespace ?? '', object.metadata.name)
  client.change<Definition>(keys.definitions, definition, ({ metadata }) => {
    metadata.finalizers = metadata.finalizers?.filter((each) => each !== CLEANUP)
  })
  return undefined
}
