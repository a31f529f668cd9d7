import { isDeepStrictEqual } from 'node:util'
import type { KubeObject } from '../kube-object.ts'
import type { Fact } from './fact.ts'
import { at, type Fields, groupOf, type Part, recordIn, recordsIn, specOf } from './parts.ts'

/** What is reached from outside where a way in is there already: its facts stay the same, and lead elsewhere. */
export function exposureFacts(before: KubeObject | undefined, after: KubeObject | undefined): Fact[] {
  if (before === undefined || after === undefined) return []
  const of = `${groupOf(after)}/${after.kind}`
  if (of === '/Service') return ofService(before, after)
  return of === 'networking.k8s.io/Ingress' || of === 'extensions/Ingress' ? ofIngress(before, after) : []
}

function ofService(before: KubeObject, after: KubeObject): Fact[] {
  const [former, present] = [specOf(before), specOf(after)]
  if (!isOutside(former) || !isOutside(present)) return []
  const fact = (key: string, words: string): Fact[] =>
    isDeepStrictEqual(former[key], present[key])
      ? []
      : [
          {
            group: 'ways in',
            path: at('/spec', key),
            of: '',
            fact: `Service open to the outside leads to other ${words}`,
          },
        ]
  return [...fact('selector', 'pods'), ...fact('ports', 'ports')]
}

function isOutside({ type, externalIPs }: Fields): boolean {
  return type === 'LoadBalancer' || type === 'NodePort' || (Array.isArray(externalIPs) && externalIPs.length > 0)
}

/** Paths of hosts that lead where nothing of that host led before. */
function ofIngress(before: KubeObject, after: KubeObject): Fact[] {
  const former = backendsOf(before)
  const hosts = new Set(former.map(({ host }) => host))
  return backendsOf(after)
    .filter(({ host }) => hosts.has(host))
    .filter((each) => !former.some(({ host, value }) => host === each.host && isDeepStrictEqual(value, each.value)))
    .map(
      ({ path }): Fact => ({
        group: 'ways in',
        path,
        of: 'rules',
        fact: 'Ingress leads elsewhere under a host that it has',
      }),
    )
}

type Backend = Part & { host: unknown }

function backendsOf(object: KubeObject): Backend[] {
  const spec = recordIn({ path: '', value: object }, 'spec')
  if (spec === undefined) return []
  const byDefault = recordIn(spec, 'defaultBackend') ?? recordIn(spec, 'backend')
  return [
    ...(byDefault === undefined ? [] : [{ ...byDefault, host: undefined }]),
    ...recordsIn(spec, 'rules').flatMap((rule) => {
      const http = recordIn(rule, 'http')
      return http === undefined ? [] : recordsIn(http, 'paths').map((each) => ({ ...each, host: rule.value.host }))
    }),
  ]
}
