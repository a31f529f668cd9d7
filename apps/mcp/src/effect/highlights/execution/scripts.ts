import { isPem } from '../../is-pem.ts'
import type { KubeObject } from '../../kube-object.ts'
import type { Fact, FactRule, Read } from '../fact.ts'
import { at, recordIn } from '../parts.ts'
import { containersIn, type Pod, podsOf } from '../pods.ts'
import { type KeySource, keySourceOf, keySources } from './key-sources.ts'
import { keysRun } from './keys-run.ts'
import { isScriptName } from './script-names.ts'
import { interprets } from './started-by.ts'

/**
 * Values of a ConfigMap or a Secret that would run: by their own look, or since `pods`, which are given them, run them.
 * What a program makes of any other value nobody can tell from here.
 */
export function scriptsNamedBy(pods: readonly Pod[]): FactRule {
  return ({ object, quote }) => {
    const source = keySourceOf(object)
    if (source === undefined) return []
    const isRun = keysRun(pods, source)
    return textsOf(object, source)
      .filter(({ key, text, value }) => mayBeScript(key, text) || isRun(key, value))
      .map(({ key, path, word }): Fact => {
        return { group: 'what runs', path, of: '', fact: `${word} ${key} ${quote(path)}` }
      })
  }
}

function mayBeScript(key: string, text: string): boolean {
  // `#!` in base64 begins with these.
  return isScriptName(key) || text.startsWith('#!') || /^IyE/.test(text)
}

/** `value` is what pods are given for `text`. */
type Text = { key: string; text: string; value: string; path: string; word: string }

/** But for keys and certificates, which are no scripts and stand in nearly every Secret that a command names. */
function textsOf(object: KubeObject, { kind }: KeySource): Text[] {
  return Object.entries(keySources[kind].fields).flatMap(([field, word]) => {
    const values = recordIn({ path: '', value: object }, field)?.value ?? {}
    return Object.entries(values).flatMap(([key, text]): Text[] => {
      if (typeof text !== 'string') return []
      const value = word === 'script' ? text : Buffer.from(text, 'base64').toString('latin1')
      if (kind === 'Secret' && isPem(value)) return []
      return [{ key, text, value, path: at(`/${field}`, key), word }]
    })
  })
}

/** Values of what is there already, and that pods run which are given it. */
export function scriptsMounted(given: readonly Read[]): FactRule {
  return ({ object }) => {
    const reachable = given.filter((each) => each.object.metadata.namespace === object.metadata.namespace)
    return podsOf(object).flatMap((pod) => reachable.flatMap((each) => scriptsOf(pod, each)))
  }
}

function scriptsOf(pod: Pod, { object, quote }: Read): Fact[] {
  const source = keySourceOf(object)
  if (source === undefined) return []
  const isRun = keysRun([pod], source)
  const isUnread = source.kind === 'Secret' && containersIn(pod).some(interprets)
  return textsOf(object, source)
    .filter(({ key, value }) => isRun(key, value))
    .map(({ key, path, word }): Fact => {
      const named = `${key} of ${source.kind} ${source.name}`
      const fact = `${word} ${named} ${quote(path)}`
      const highRiskReason = isUnread && { highRiskReason: `may run ${named}, which nobody may read here` }
      return { group: 'what runs', path: pod.spec.path, of: pod.spec.path, fact, ...highRiskReason }
    })
}

/** Pods that an object says are made of it. What they are given is of their own namespace. */
export function podsIn(objects: readonly KubeObject[], namespace: string | undefined): Pod[] {
  return objects.filter(({ metadata }) => metadata.namespace === namespace).flatMap(podsOf)
}
