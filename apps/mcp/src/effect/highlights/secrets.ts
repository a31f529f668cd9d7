import type { Fact, FactRule, Read } from './fact.ts'
import { at, type Part, recordIn, recordsIn } from './parts.ts'
import { type Container, type Pod, podsOf, projectedSources } from './pods.ts'

/** Which Secrets a container gets to read. */
export const secrets: FactRule = (read) =>
  podsOf(read.object).flatMap((pod) => [
    ...mounted(pod, read),
    ...pod.containers.flatMap((container) => inEnv(container, read)),
  ])

function mounted({ spec }: Pod, { quote }: Read): Fact[] {
  const fact = (part: Part, key: string): Fact => {
    return { group: 'data', path: part.path, of: spec.path, fact: `mounts Secret ${quote(at(part.path, key))}` }
  }
  return recordsIn(spec, 'volumes').flatMap((volume) => {
    const secret = recordIn(volume, 'secret')
    const projected = projectedSources([volume]).flatMap((source) => recordIn(source, 'secret') ?? [])
    return [
      ...(secret === undefined ? [] : [fact(secret, 'secretName')]),
      ...projected.map((each) => fact(each, 'name')),
    ]
  })
}

function inEnv(container: Container, { quote }: Read): Fact[] {
  const refs = [
    ...recordsIn(container, 'env').flatMap((each) => recordIn(each, 'valueFrom', 'secretKeyRef') ?? []),
    ...recordsIn(container, 'envFrom').flatMap((each) => recordIn(each, 'secretRef') ?? []),
  ]
  return refs.map(({ path }) => {
    const fact = `reads Secret ${quote(at(path, 'name'))} into env`
    return { group: 'data', path, of: container.of, fact }
  })
}
