import { pointerOf, valueAt } from '@fairlead/contract/json/json-pointer'
import { isRecord } from '../../is-record.ts'
import type { Fact, FactRule } from '../fact.ts'
import { at, type Part, recordIn, recordsIn } from '../parts.ts'
import { containersIn, type Pod, podsOf, projectedSources } from '../pods.ts'
import { anyUse, type Given, type IsRun, mayExecute, type Volume } from './keys-run.ts'
import { plainPath } from './mount-places.ts'
import { interprets } from './started-by.ts'

/** What a pod says about itself, and may be given as a variable or as a file. */
const fields: Readonly<Record<string, string>> = { annotations: 'annotation', labels: 'label' }

/** Annotations and labels that the containers of their own pod run. */
export const fieldsRun: FactRule = ({ object, quote }) =>
  podsOf(object).flatMap((pod) => {
    const metadata = valueAt(object, metadataOf(pod))
    if (!isRecord(metadata)) return []
    return Object.entries(fields).flatMap(([field, noun]) => {
      const place = at(metadataOf(pod), field)
      const texts = metadata[field]
      return Object.entries(isRecord(texts) ? texts : {}).flatMap(([key, text]): Fact[] => {
        if (typeof text !== 'string' || !usesOf(pod).isRun(fieldPath(field, key), text)) return []
        const path = at(place, key)
        return [{ group: 'what runs', path, of: pod.spec.path, fact: `script in ${noun} ${key} ${quote(path)}` }]
      })
    })
  })

/** Whether a text is such a one. Where containers make code of texts, any that they are given may run. */
export function isRunField(object: object, tokens: readonly string[], text: string): boolean {
  const [field = '', key = ''] = tokens.slice(-2)
  if (!Object.hasOwn(fields, field)) return false
  const place = pointerOf(tokens.slice(0, -2))
  return podsOf(object)
    .filter((pod) => metadataOf(pod) === place)
    .some((pod) => {
      const { given, isRun } = usesOf(pod)
      const path = fieldPath(field, key)
      if (isRun(path, text)) return true
      const containers = containersIn(pod)
      const isGiven =
        given.volumes.some(({ filesOf }) => filesOf(path).length > 0) ||
        containers.some((container) => given.variables(container, path).length > 0)
      return isGiven && containers.some(interprets)
    })
}

/** It stands beside the spec of a pod. */
function metadataOf({ spec }: Pod): string {
  return at(spec.path.slice(0, spec.path.lastIndexOf('/')), 'metadata')
}

/** As a pod refers to it. */
function fieldPath(field: string, key: string): string {
  return `metadata.${field}['${key}']`
}

function usesOf(pod: Pod): { given: Given; isRun: IsRun } {
  const known = usesByPod.get(pod)
  if (known !== undefined) return known
  const given = givenTo(pod)
  const uses = { given, isRun: anyUse([pod], () => given) }
  usesByPod.set(pod, uses)
  return uses
}

const usesByPod = new WeakMap<Pod, ReturnType<typeof usesOf>>()

function givenTo({ spec }: Pod): Given {
  return {
    volumes: recordsIn(spec, 'volumes').flatMap((volume) =>
      [volume, ...projectedSources([volume])].flatMap((source): Volume[] => {
        const part = recordIn(source, 'downwardAPI')
        if (part === undefined) return []
        const mode = part.value.defaultMode ?? recordIn(volume, 'projected')?.value.defaultMode
        return [{ name: volume.value.name, filesOf: (path) => filesOf(part, path, mode) }]
      }),
    ),
    variables: (container, path) =>
      recordsIn(container, 'env')
        .filter((each) => recordIn(each, 'valueFrom', 'fieldRef')?.value.fieldPath === path)
        .map(({ value }) => String(value.name)),
  }
}

/** A file holds one of them, or all. */
function filesOf(part: Part, path: string, mode: unknown): { path: string; isExecutable: boolean }[] {
  const wanted: unknown[] = [path, path.slice(0, path.indexOf('['))]
  return recordsIn(part, 'items')
    .filter((item) => wanted.includes(recordIn(item, 'fieldRef')?.value.fieldPath))
    .map(({ value }) => ({ path: plainPath(String(value.path)), isExecutable: mayExecute(value.mode ?? mode) }))
}
