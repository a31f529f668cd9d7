import type { KubeObject } from '../kube-object.ts'
import { plainPath } from './execution/mount-places.ts'
import type { Fact, FactRule } from './fact.ts'
import { at, type Part, recordIn, recordsIn } from './parts.ts'
import { containersIn, type Pod, podsOf } from './pods.ts'
import { shortened } from './shortened.ts'

/** Paths of the node that stand in a pod already, where its containers have them more widely than before. */
export function hostMountsWidened(before: KubeObject | undefined): FactRule {
  const former = new Map((before === undefined ? [] : podsOf(before)).map((pod) => [pod.spec.path, pod]))
  return ({ object, quote }) =>
    podsOf(object).flatMap((pod) => {
      const old = former.get(pod.spec.path)
      if (old === undefined) return []
      const standing = new Set([...hostPathsOf(old).values()].map(({ value }) => value.path))
      if (standing.size === 0) return []
      const known = new Map(hostMountsIn(old).map((mount) => [mount.identity, mount]))
      return hostMountsIn(pod)
        .filter(({ host }) => standing.has(host.value.path))
        .flatMap((mount) => {
          const { path, of, host } = mount
          const quoted = quote(at(host.path, 'path'))
          const highRiskReason = `mounts ${shortened(quoted)} of its node more widely`
          return widened(known.get(mount.identity), mount, quote(at(path, 'mountPath'))).map(
            (words): Fact => ({ group: 'rights', path, of, fact: `host path ${quoted} ${words}`, highRiskReason }),
          )
        })
    })
}

/** A place in a container where it has a path of the node, or a part of it. */
type HostMount = {
  path: string
  of: string
  /** The source of the volume. */
  host: Part
  isReadOnly: boolean
  part: string
  identity: string
}

function hostMountsIn(pod: Pod): HostMount[] {
  const hosts = hostPathsOf(pod)
  return containersIn(pod).flatMap((container) =>
    recordsIn(container, 'volumeMounts').flatMap(({ path, value }): HostMount[] => {
      const { name, mountPath, readOnly } = value
      const host = hosts.get(name)
      if (host === undefined || typeof mountPath !== 'string') return []
      const { of } = container
      const identity = JSON.stringify([of, plainPath(mountPath), host.value.path])
      return [{ path, of, host, isReadOnly: readOnly === true, part: partOf(value), identity }]
    }),
  )
}

/** By the names of their volumes. */
function hostPathsOf({ spec }: Pod): ReadonlyMap<unknown, Part> {
  return new Map(
    recordsIn(spec, 'volumes').flatMap((volume) => {
      const host = recordIn(volume, 'hostPath')
      return typeof host?.value.path === 'string' ? [[volume.value.name, host] as const] : []
    }),
  )
}

/** `''` is the whole; one that comes of variables begins with `/`, as no other does. */
function partOf({ subPath, subPathExpr }: Part['value']): string {
  if (typeof subPathExpr === 'string' && subPathExpr !== '') return `/${subPathExpr}`
  return plainPath(String(subPath ?? ''))
}

function widened(before: HostMount | undefined, after: HostMount, place: string): string[] {
  if (before === undefined) return [`mounted anew at ${place}${after.isReadOnly ? ', read-only' : ''}`]
  return [
    ...(before.isReadOnly && !after.isReadOnly ? [`no longer read-only at ${place}`] : []),
    ...(isWithin(after.part, before.part) ? [] : [`with another part of it at ${place}`]),
  ]
}

function isWithin(part: string, whole: string): boolean {
  return whole === '' || part === whole || part.startsWith(`${whole}/`)
}
