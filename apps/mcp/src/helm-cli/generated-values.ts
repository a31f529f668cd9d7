import { pointerOf, tokensOf, valueAt } from '@fairlead/contract/json/json-pointer'
import { applyPatch, fittedPatch, type JsonPatchOperation } from '../effect/json-patch.ts'
import type { KubeObject } from '../effect/kube-object.ts'
import { semanticChanges } from '../effect/semantic-changes.ts'
import { semanticObject } from '../effect/semantic-object.ts'
import { keyOf } from './rendered.ts'

/** An object of a chart, with the paths that each rendering fills anew. */
export type RenderedObject = {
  object: KubeObject
  generated: readonly string[]
  /** Those among them that may be text which runs: all but what is plainly a made-up word, a key or a certificate. */
  mayRun?: readonly string[]
}

/** An object that is known whole, since nothing is rendered anew. */
export function asRendered(object: KubeObject): RenderedObject {
  return { object, generated: [] }
}

/** Stands in an effect for an element of a list that each rendering makes anew. */
export const GENERATED = '(differs with each rendering)'

/** What two renderings of one chart have in common, and where they differ. */
export function withoutGeneratedValues(
  first: readonly KubeObject[],
  second: readonly KubeObject[],
  namespace: string,
): RenderedObject[] {
  // A chart may render two of one name: they are told apart by their order.
  const others = [...second]
  const take = (isIt: (object: KubeObject) => boolean): KubeObject | undefined => {
    const index = others.findIndex(isIt)
    return index === -1 ? undefined : others.splice(index, 1)[0]
  }
  return first.map((object) => {
    const key = keyOf(object, namespace)
    const same = take((other) => keyOf(other, namespace) === key)
    if (same !== undefined) return compared(object, same)
    const twin = take((other) => isTwin(object, other, { first, namespace }))
    if (twin === undefined) return { object, generated: [''], mayRun: [''] }
    const name = commonStart(object.metadata.name, twin.metadata.name)
    return compared(renamed(object, name), renamed(twin, name), ['/metadata/name'])
  })
}

/** Of the same kind, and not in the first rendering: its name is made up. */
function isTwin(
  object: KubeObject,
  other: KubeObject,
  { first, namespace }: { first: readonly KubeObject[]; namespace: string },
): boolean {
  const isSameKind = other.kind === object.kind && other.apiVersion === object.apiVersion
  const isInFirst = first.some((each) => keyOf(each, namespace) === keyOf(other, namespace))
  return isSameKind && !isInFirst && commonStart(object.metadata.name, other.metadata.name) !== '*'
}

/** Ends at a separator where there is one: letters of two random ends are alike by chance, and the next preview would differ. */
function commonStart(left: string, right: string): string {
  let length = 0
  while (length < left.length && left[length] === right[length]) length++
  const common = left.slice(0, length)
  return `${/^.*[-.]/.exec(common)?.[0] ?? common}*`
}

function renamed(object: KubeObject, name: string): KubeObject {
  return { ...object, metadata: { ...object.metadata, name } }
}

function compared(object: KubeObject, other: KubeObject, known: readonly string[] = []): RenderedObject {
  const paths = semanticChanges(semanticObject(object, { status: true }), semanticObject(other, { status: true })).map(
    ({ path }) => path,
  )
  const mayRun = paths.filter((path) => ![object, other].every((each) => isMadeUpWord(textAt(each, path))))
  return { object: withoutPaths(object, paths), generated: [...known, ...paths], mayRun }
}

/** Undefined for what is no text. */
function textAt(object: KubeObject, path: string): string | undefined {
  const value = valueAt(object, path)
  if (typeof value !== 'string') return undefined
  return object.kind === 'Secret' && path.startsWith('/data/') ? Buffer.from(value, 'base64').toString('utf8') : value
}

const madeUp = [
  // Nothing in it parts words, or means something to a shell.
  /^[\w.,:@/+=~?%-]*$/,
  /^(?:-----BEGIN [A-Z ]+-----\s[A-Za-z0-9+/=\s]+-----END [A-Z ]+-----\s*)+$/,
  // Hashes as htpasswd has them.
  /^(?:[\w.@-]+:)?\$(?:2[aby]|apr1)\$[./$A-Za-z0-9]+$/,
]

function isMadeUpWord(text: string | undefined): boolean {
  return text !== undefined && madeUp.some((form) => form.test(text.trim()))
}

/** The object without what stands at the paths; an element of a list leaves a mark, so that the others stay in their places. */
export function withoutPaths(object: KubeObject, paths: readonly string[]): KubeObject {
  const operations = paths
    .filter((path) => path !== '' && path !== '/metadata/name')
    .map((path): JsonPatchOperation => {
      const isElement = Array.isArray(valueAt(object, pointerOf(tokensOf(path).slice(0, -1))))
      return isElement ? { op: 'replace', path, value: GENERATED } : { op: 'remove', path }
    })
  return operations.length === 0 ? object : (applyPatch(object, fittedPatch(object, operations)) as KubeObject)
}

/** Whether an object is the one that was rendered, what differs with each rendering aside. */
export function isAsRendered({ object, generated }: RenderedObject, actual: KubeObject): boolean {
  if (generated.includes('')) return true
  const named = generated.includes('/metadata/name') ? renamed(actual, object.metadata.name) : actual
  const both = [object, withoutPaths(named, generated)] as const
  const [wanted, found] = both.map((each) => semanticObject(each, { status: true }))
  return semanticChanges(wanted, found).length === 0
}
