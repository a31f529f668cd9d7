import type { Highlight } from '@fairlead/contract/effect/effect'
import { valueAt } from '@fairlead/contract/json/json-pointer'
import { changesOf, nameForPeople, type ObjectWrite } from '../effect-object.ts'
import { isRecord } from '../is-record.ts'
import type { KubeObject } from '../kube-object.ts'
import { maskedValue } from '../masked-value.ts'
import type { RiskSignal } from '../risk.ts'
import { semanticObject } from '../semantic-object.ts'
import { alwaysOnRules } from './always-on-rules.ts'
import { deletionFacts } from './deletion.ts'
import { droppedFacts } from './dropped.ts'
import { keySourceOf, keySources } from './execution/key-sources.ts'
import { podsIn, scriptsMounted, scriptsNamedBy } from './execution/scripts.ts'
import { exposureFacts } from './exposure.ts'
import { type Fact, type FactRule, factGroups, type Read } from './fact.ts'
import { hostMountsWidened } from './host-mounts.ts'
import { networkPolicyFacts } from './network-policy.ts'
import { rootAllowedFacts } from './root-allowed.ts'
import { sizeFacts } from './size.ts'
import type { Unseen } from './unseen.ts'

type HighlightContext = {
  redactionKey: Uint8Array | undefined
  /** The namespace that the call was for, where it was for one. */
  namespace: string | undefined
  /** What is in the cluster already and is given what is written. */
  users?: readonly KubeObject[]
  /** What is in the cluster already, and is given to pods that are written. */
  given?: readonly KubeObject[]
  unseen?: readonly Unseen[]
}

/** What stands out in the writes of one call, in the order in which it is shown, and the risks that come of it. */
export function highlightsOf(
  writes: readonly ObjectWrite[],
  context: HighlightContext,
): { highlights: Highlight[]; signals: RiskSignal[] } {
  const wanted = [...writes.flatMap(({ after }) => after ?? []), ...(context.users ?? [])]
  const given = [...(context.given ?? []), ...writes.flatMap(unchangedKeys)]
  const found = writes.flatMap((write, object) => {
    const named = scriptsNamedBy(podsIn(wanted, write.ref.namespace))
    const own = [...alwaysOnRules, hostMountsWidened(write.before), named]
    const rulesBy: RulesBy = (reading) => [...own, scriptsMounted(given.map(reading))]
    const facts = [...newFacts(write, rulesBy, context), ...differenceFacts(write), ...placeFacts(write, context)]
    return facts.map((fact) => ({ object, subject: nameForPeople(write.ref), fact }))
  })
  const unseen = (context.unseen ?? []).flatMap(({ object, fact }) => {
    const write = writes[object]
    return write === undefined ? [] : [{ object, subject: nameForPeople(write.ref), fact: notSeen(fact) }]
  })
  const all = [...manyNamespaces(writes), ...found, ...unseen]
  const shown = factGroups.flatMap((group) => all.filter(({ fact }) => fact.group === group))
  return {
    highlights: shown.map(({ object, fact: { path, fact } }) => ({ object, path, fact })),
    signals: [
      ...shown.flatMap(({ subject, fact: { highRiskReason } }): RiskSignal[] =>
        highRiskReason === undefined ? [] : [{ risk: 'high', reason: `${subject} ${highRiskReason}` }],
      ),
      ...unseen.map(({ subject }): RiskSignal => {
        return { risk: 'medium', reason: `${subject}: not all that may run could be looked at` }
      }),
    ],
  }
}

/** The keys of a source that a write leaves as they are: nobody would see them, though pods may begin to run them. */
function unchangedKeys({ before, after }: ObjectWrite): KubeObject[] {
  const source = before === undefined || after === undefined ? undefined : keySourceOf(after)
  if (source === undefined) return []
  const kept = Object.keys(keySources[source.kind].fields).map((field) => {
    const former = new Map(entriesOf(before, field))
    return [field, Object.fromEntries(entriesOf(after, field).filter(([key, text]) => former.get(key) === text))]
  })
  return [{ ...(after as KubeObject), ...Object.fromEntries(kept) }]
}

function entriesOf(object: KubeObject | undefined, field: string): [string, unknown][] {
  const values = object?.[field]
  return isRecord(values) ? Object.entries(values) : []
}

function notSeen(fact: string): Fact {
  return { group: 'what runs', path: '', of: '', fact }
}

/**
 * Of a creation all that the result has, of an update what was not there before. Which facts are new goes by the texts as
 * they are: two secrets may look alike once they are hidden.
 */
function newFacts(write: ObjectWrite, rulesBy: RulesBy, { redactionKey }: HighlightContext): Fact[] {
  const { before, after, writesStatus: status } = write
  if (after === undefined) return []
  const object = semanticObject(after, { status }) as KubeObject
  const hiding = (of: KubeObject): Read => {
    const masked = maskedValue(of, '', redactionKey, { strength: 'written', said: write.said })
    return { object: of, quote: (path) => textOf(valueAt(masked, path)) }
  }
  const rules = rulesBy(plainly)
  const former = before === undefined ? [] : factsOf(plainly(semanticObject(before, { status }) as KubeObject), rules)
  const known = new Set(former.map(identityOf))
  const shown = factsOf(hiding(object), rulesBy(hiding))
  // The rules go by the object, which is the same for both: fact by fact they are of the same things.
  return factsOf(plainly(object), rules).flatMap((fact, index) => {
    const shownFact = shown[index]
    return known.has(identityOf(fact)) || shownFact === undefined ? [] : [shownFact]
  })
}

/** The rules, where they quote other objects with those read in a way. */
type RulesBy = (reading: (object: KubeObject) => Read) => readonly FactRule[]

function plainly(object: KubeObject): Read {
  return { object, quote: (path) => textOf(valueAt(object, path)) }
}

function factsOf(read: Read, rules: readonly FactRule[]): Fact[] {
  return rules.flatMap((rule) => rule(read))
}

function identityOf({ of, fact }: Fact): string {
  return JSON.stringify([of, fact])
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  return value === undefined ? '' : JSON.stringify(value)
}

/** What is no fact of an object, but of what becomes of it. */
function differenceFacts(write: ObjectWrite): Fact[] {
  const { before, after, replicasPath, gone = [] } = write
  return [
    ...droppedFacts(before, after),
    ...rootAllowedFacts(before, after),
    ...networkPolicyFacts(before, after),
    ...exposureFacts(before, after),
    ...(before !== undefined && after === undefined ? deletionFacts(before, gone) : []),
    ...sizeFacts(changesOf(write), replicasPath),
  ]
}

function placeFacts({ ref: { namespace } }: ObjectWrite, { namespace: requested }: HighlightContext): Fact[] {
  if (requested === undefined || namespace === undefined || namespace === requested) return []
  return [
    { group: 'other places', path: '/metadata/namespace', of: '', fact: `namespace ${namespace}, not ${requested}` },
  ]
}

function manyNamespaces(writes: readonly ObjectWrite[]): { object: number; subject: string; fact: Fact }[] {
  const names = [...new Set(writes.flatMap(({ ref }) => ref.namespace ?? []))]
  if (names.length < 2) return []
  const fact = `${names.length} namespaces: ${names.join(', ')}`
  return [{ object: 0, subject: '', fact: { group: 'other places', path: '/metadata/namespace', of: '', fact } }]
}
