import { isDeepStrictEqual } from 'node:util'
import { isRecord } from '../is-record.ts'
import type { KubeObject } from '../kube-object.ts'
import type { Fact } from './fact.ts'
import { type Fields, groupOf, specOf, stringsIn } from './parts.ts'

/** What a write to a NetworkPolicy lets through that nothing let through before. */
export function networkPolicyFacts(before: KubeObject | undefined, after: KubeObject | undefined): Fact[] {
  const either = after ?? before
  if (either?.kind !== 'NetworkPolicy' || groupOf(either) !== 'networking.k8s.io') return []
  const fact = (path: string, words: string): Fact[] => [{ group: 'ways in', path, of: '', fact: words }]
  if (after === undefined) return fact('', 'NetworkPolicy removed')
  const spec = specOf(after)
  if (before === undefined) {
    const open = directions.find(({ rules, peers }) => rulesOf(spec, rules).some((rule) => isOpen(rule, peers)))
    return open === undefined ? [] : fact(`/spec/${open.rules}`, `NetworkPolicy widened: ${open.anyone}`)
  }
  const place = widenedAt(specOf(before), spec)
  return place === undefined ? [] : fact(place, 'NetworkPolicy widened')
}

const directions = [
  { type: 'Ingress', rules: 'ingress', peers: 'from', anyone: 'lets anyone in' },
  { type: 'Egress', rules: 'egress', peers: 'to', anyone: 'lets traffic out to anywhere' },
] as const

/** Where it is not plain that no more gets through than before: every rule that is there was there before. */
function widenedAt(before: Fields, after: Fields): string | undefined {
  if (!isDeepStrictEqual(before.podSelector, after.podSelector)) return '/spec/podSelector'
  const [former, present] = [typesOf(before), typesOf(after)]
  if (former.some((type) => !present.includes(type))) return '/spec/policyTypes'
  for (const { type, rules } of directions) {
    if (!former.includes(type)) continue
    const known = rulesOf(before, rules)
    const index = rulesOf(after, rules).findIndex((rule) => !known.some((each) => isDeepStrictEqual(each, rule)))
    if (index !== -1) return `/spec/${rules}/${index}`
  }
  return undefined
}

function rulesOf(spec: Fields, key: string): unknown[] {
  const rules = spec[key]
  return Array.isArray(rules) ? rules : []
}

function isOpen(rule: unknown, key: string): boolean {
  if (!isRecord(rule)) return false
  const peers = rule[key]
  return !Array.isArray(peers) || peers.length === 0 || peers.some(isAnyAddress)
}

/** All of them, or half: two halves are all. */
function isAnyAddress(peer: unknown): boolean {
  const block = isRecord(peer) && peer.ipBlock
  return isRecord(block) && typeof block.cidr === 'string' && /\/0*[01]$/.test(block.cidr)
}

/** As the server fills it in. */
function typesOf(spec: Fields): string[] {
  const types = stringsIn(spec.policyTypes)
  if (types.length > 0) return types
  return rulesOf(spec, 'egress').length > 0 ? ['Ingress', 'Egress'] : ['Ingress']
}
