import type { ObjectWrite } from '../effect-object.ts'
import type { KubeObject } from '../kube-object.ts'
import { combinedRisk } from '../risk.ts'
import { highlightsOf } from './highlights-of.ts'

export const redactionKey = new Uint8Array(32).fill(7)

type Json = Record<string, unknown>

/** An object of the API with a name and a namespace, unless it says its own. */
export function objectOf(apiVersion: string, kind: string, rest: Json, name = 'web'): KubeObject {
  return { apiVersion, kind, metadata: { name, namespace: 'shop' }, ...rest }
}

export function deploymentOf(podSpec: Json, name?: string): KubeObject {
  return objectOf('apps/v1', 'Deployment', { spec: { replicas: 2, template: { spec: podSpec } } }, name)
}

/** What a write is by what is there before and after it. */
export function writeOf(before: KubeObject | undefined, after: KubeObject | undefined): ObjectWrite {
  const either = after ?? before
  if (either === undefined) throw new TypeError('Neither before nor after')
  const { apiVersion, kind, metadata } = either
  const { name, namespace } = metadata
  const action = before === undefined ? 'create' : after === undefined ? 'delete' : 'update'
  const ref = { cluster: 'default', apiVersion, kind, name, ...(namespace !== undefined && { namespace }) }
  return { ref, action, ...(before && { before }), ...(after && { after }) }
}

/** Facts and risk of one write, or of several together. */
export function seenIn(...writes: ObjectWrite[]): {
  facts: string[]
  paths: string[]
  risk: string
  reasons: string[]
} {
  const { highlights, signals } = highlightsOf(writes, { redactionKey, namespace: undefined })
  return {
    facts: highlights.map(({ fact }) => fact),
    paths: highlights.map(({ path }) => path),
    ...combinedRisk(signals),
  }
}

export function seenOf(before: KubeObject | undefined, after: KubeObject | undefined): ReturnType<typeof seenIn> {
  return seenIn(writeOf(before, after))
}
