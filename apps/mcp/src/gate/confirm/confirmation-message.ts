import type { Effect, EffectObject } from '@fairlead/contract/effect/effect'
import { readablePath } from '@fairlead/contract/effect/readable-path'
import { visibleLine, visibleText } from '@fairlead/contract/visible-text'
import { nameForPeople } from '../../effect/effect-object.ts'
import { ToolError } from '../../tool/tool-error.ts'

/** In characters. A host shows that many, and a person reads them. */
export const MAX_CHARS = 12_000

/**
 * What the host's user is asked about an effect: which cluster, what in one line, the risk, all that stands out, then
 * every change. Nothing of it is cut: throws where it does not fit, or where a part of what would run is hidden.
 */
export function confirmationMessageOf(effect: Effect, heading: string): string {
  if (effect.masks?.some(({ executable }) => executable)) {
    throw new ToolError(
      'UNMASK_FIRST',
      'a part of what would run is hidden as a secret here, so nobody can confirm it. Nothing was written.',
      { hint: `Write it without the secret. ${PAGE}, which shows the hidden text to whoever may approve.` },
    )
  }
  const messages = [effect.objects.map(diffOf), effect.objects.map(changesOf)].map((parts) =>
    [...headOf(effect, heading), ...parts].filter((part) => part !== '').join('\n'),
  )
  const whole = messages.find((message) => message.length <= MAX_CHARS)
  if (whole !== undefined) return whole
  const length = Math.min(...messages.map((message) => message.length))
  throw new ToolError(
    'TooLargeToConfirm',
    `this change takes ${length} characters to show, and a question to the host's user holds ${MAX_CHARS}. It is not cut, and nothing was written.`,
    { hint: `Make it in smaller steps. ${PAGE}, which shows all of it.` },
  )
}

/** Where a change waits for a person that a host cannot ask about. */
export const PAGE = 'Or ask for it on the page of Fairlead (`fairlead up` prints its address)'

function headOf({ summary, risk, reasons, highlights = [], objects, masks = [] }: Effect, heading: string): string[] {
  const name = (object: number) => (objects.length > 1 ? `${nameForPeople(objects[object] as EffectObject)}, ` : '')
  const stand = highlights.flatMap(({ object, path, fact }) => {
    return factLines(`- ${name(object)}${readablePath(path, objects[object]?.elements)}:`, fact)
  })
  return [
    visibleLine(heading),
    visibleLine(summary),
    `Risk: ${risk}`,
    ...reasons.map((reason) => visibleLine(`- ${reason}`)),
    ...(stand.length > 0 ? ['Look at:', ...stand] : []),
    ...(masks.length > 0 ? [`Hidden: ${masks.length} ${masks.length === 1 ? 'text' : 'texts'} (***)`] : []),
  ]
}

/** Text of several lines has a margin that none of them can leave: otherwise one of them could pass for a line of the message itself. */
function factLines(place: string, fact: string): string[] {
  const [first = '', ...more] = visibleText(fact).replace(/\n$/, '').split('\n')
  if (more.length === 0) return [`${visibleLine(place)} ${first}`]
  return [visibleLine(place), ...[first, ...more].map((line) => `    | ${line}`)]
}

/** Each line has the sign of a diff before it. */
function diffOf({ diff = '' }: EffectObject): string {
  return visibleText(diff)
}

/** Shorter than the diff where little changes in much. */
function changesOf({ changes, elements, action, ...ref }: EffectObject): string {
  const lines = changes.map(({ path, before, after }) => {
    return `- ${readablePath(path, elements)}: ${shown(before)} → ${shown(after)}`
  })
  return [`${action} ${nameForPeople(ref)}`, ...lines].map(visibleLine).join('\n')
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value)
}
