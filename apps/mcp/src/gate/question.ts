import type { Effect, EffectObject } from '@fairlead/contract/effect'
import { readablePath } from '@fairlead/contract/readable-path'
import { nameForPeople } from '../effect/effect-object.ts'
import { showControl } from '../output/untrusted-text.ts'
import { ToolError } from '../tool-error.ts'

/** What a host shows of a question, and who reads it, can be trusted with so much. */
export const MOST_CHARS = 12_000

/** By what a person knows a cluster: the names that the kubeconfig gives it, and its address. */
export type KnownCluster = { cluster: string; context: string; server: string }

/**
 * What the host's user is asked about an effect: which cluster, what in one line, the risk, all that stands out, then
 * every change. Nothing of it is cut: throws where it does not fit, or where a part of what would run is hidden.
 */
export function questionOf(effect: Effect, cluster: KnownCluster): string {
  if (effect.masks?.some(({ executable }) => executable)) {
    throw new ToolError(
      'UNMASK_FIRST',
      'a part of what would run is hidden as a secret here, so nobody can confirm it. Nothing was written.',
      { hint: `Write it without the secret. ${PAGE}, which shows the hidden text to whoever may approve.` },
    )
  }
  const questions = [effect.objects.map(diffOf), effect.objects.map(changesOf)].map((parts) =>
    [...headOf(effect, cluster), ...parts]
      .filter((part) => part !== '')
      .map(showControl)
      .join('\n'),
  )
  const whole = questions.find((question) => question.length <= MOST_CHARS)
  if (whole !== undefined) return whole
  const length = Math.min(...questions.map((question) => question.length))
  throw new ToolError(
    'TooLargeToConfirm',
    `this change takes ${length} characters to show, and a question to the host's user holds ${MOST_CHARS}. It is not cut, and nothing was written.`,
    { hint: `Make it in smaller steps. ${PAGE}, which shows all of it.` },
  )
}

/** Where a change waits for a person that a host cannot ask about. */
export const PAGE = 'Or ask for it on the page of Fairlead (`fairlead up` prints its address)'

function headOf({ summary, risk, reasons, highlights = [], objects, masks = [] }: Effect, at: KnownCluster): string[] {
  const name = (object: number) => (objects.length > 1 ? `${nameForPeople(objects[object] as EffectObject)}, ` : '')
  const stand = highlights.map(({ object, path, fact }) => {
    return `- ${name(object)}${readablePath(path, objects[object]?.elements)}: ${fact}`
  })
  return [
    `Cluster ${at.cluster} (${at.server}), context ${at.context}`,
    summary,
    `Risk: ${risk}`,
    ...reasons.map((reason) => `- ${reason}`),
    ...(stand.length > 0 ? ['Look at:', ...stand] : []),
    ...(masks.length > 0 ? [`Hidden: ${masks.length} ${masks.length === 1 ? 'text' : 'texts'} (***)`] : []),
  ]
}

function diffOf({ diff = '' }: EffectObject): string {
  return diff
}

/** Shorter than the diff where little changes in much. */
function changesOf({ changes, elements, action, ...ref }: EffectObject): string {
  const lines = changes.map(({ path, before, after }) => {
    return `- ${readablePath(path, elements)}: ${shown(before)} → ${shown(after)}`
  })
  return [`${action} ${nameForPeople(ref)}`, ...lines].join('\n')
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value)
}
