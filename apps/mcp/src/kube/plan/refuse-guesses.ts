import { tokensOf, valueAt } from '@fairlead/contract/json/json-pointer'
import { isSealed } from '@fairlead/contract/sealed-value'
import { isRecord } from '../../effect/is-record.ts'
import type { JsonPatchOperation } from '../../effect/json-patch-operation.ts'
import type { KubeObject } from '../../effect/kube-object.ts'
import { UNREAD } from '../../effect/origins.ts'
import { textsIn } from '../../effect/texts-in.ts'
import { ToolError } from '../../tool/tool-error.ts'
import { describeTarget, type Target } from '../discovery/api-resource.ts'
import { unread } from './refuse-shown.ts'

/**
 * Refuses a JSON patch that tests what the object hides: a preview would tell right guesses from wrong ones. What stands
 * where is known before anything is changed, so in such an object tests come first.
 */
export function refuseGuesses(target: Target, live: KubeObject, patch: readonly JsonPatchOperation[]): void {
  const last = patch.findLastIndex(({ op }) => op === 'test')
  if (last === -1) return
  const read = unread(live)
  if (!isHidden(read)) return
  for (const { op, path } of patch) {
    if (op === 'test' && (isDataOfSecret(live, path) || isHidden(valueAt(read, path)))) throw guessed(target, path)
  }
  if (patch.slice(0, last).every(({ op }) => op === 'test')) return
  throw new ToolError(
    'Refused',
    `the patch tests ${describeTarget(target)}, which hides values, behind other operations. Put all tests first.`,
  )
}

/** The same of a test in a reversion, where what is hidden comes sealed: that is no guess. */
export function refuseGuess(target: Target, live: KubeObject, { path, value }: { path: string; value: unknown }): void {
  const isGuess = (read: unknown, said: unknown): boolean => {
    if (read === UNREAD) return !isSealed(said)
    if (Array.isArray(read)) return read.some((each, index) => isGuess(each, Array.isArray(said) ? said[index] : said))
    if (!isRecord(read)) return false
    return Object.entries(read).some(([key, each]) => isGuess(each, isRecord(said) ? said[key] : said))
  }
  if (isGuess(valueAt(unread(live), path), value)) throw guessed(target, path)
}

function isHidden(read: unknown): boolean {
  return [...textsIn(read)].includes(UNREAD)
}

function isDataOfSecret({ kind }: KubeObject, path: string): boolean {
  return kind === 'Secret' && ['data', 'stringData'].includes(tokensOf(path)[0] ?? '')
}

function guessed(target: Target, path: string): ToolError {
  return new ToolError(
    'Refused',
    `the patch tests ${path.slice(0, 200)} of ${describeTarget(target)}, which is hidden: that would tell what it is. Leave the test out.`,
  )
}
