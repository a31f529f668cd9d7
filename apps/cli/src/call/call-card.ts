import { expiryOf } from '@fairlead/client/time/expiry'
import type { Effect, EffectObject } from '@fairlead/contract/effect/effect'
import { basisWords, hidesWritten, masksMissing, masksWords, showWritten } from '@fairlead/contract/effect/effect-words'
import { isElementsPin } from '@fairlead/contract/effect/elements-pin'
import { isNotablePin } from '@fairlead/contract/effect/notable-pin'
import { readablePath } from '@fairlead/contract/effect/readable-path'
import { visibleLine } from '@fairlead/contract/visible-text'
import type { Colours } from '../terminal/colours.ts'
import { changeLines } from './change-lines.ts'
import { diffLines } from './diff-lines.ts'
import { highlightLines } from './highlight-lines.ts'
import { objectName } from './object-name.ts'
import { argumentLines, valueText } from './value-lines.ts'
import type { WaitingCall } from './waiting-call.ts'

/** The pin itself is a digest, which says nothing to a person. */
const elementsByPlace = 'list elements by their place: nothing is written unless the same ones still stand there'

export type CardOptions = {
  colours: Colours
  now: number
  /** Titles of the calls seen so far, by id: where a value first appeared. */
  titles?: ReadonlyMap<string, string>
  /** What shows the text that would be written: a key at a terminal, else a command. */
  unmaskBy: string
  /** The same for the YAML diff and what is fixed for the execution. */
  detailsBy: string
  /** They are shown. */
  isDetailed?: boolean
}

/**
 * Everything a person decides by, as the server sent it, a line each: nothing is computed or shortened here, and a part
 * that is missing is named as missing.
 */
export function callCardLines(call: WaitingCall, options: CardOptions): string[] {
  const { ask, strong, quiet } = options.colours
  const { effect } = call
  const sections: string[] = [
    ...requesterLines(call),
    strong(visibleLine(effect?.summary ?? 'Its effect is not known: you see what is sent, not what it does')),
    ...(effect ? effectLines(effect, call, options) : []),
    ...(effect ? [] : taintLines(call, options)),
    ...(call.args === undefined ? [] : block('Arguments', argumentLines(call.args))),
    ...requirementLines(call, options),
    field('Digests', `arguments ${call.argsDigest ?? 'not given'}`),
    field('', `effect    ${call.effectDigest ?? 'not given'}`),
    field('Call', visibleLine(call.callId)),
  ]
  const title = `${ask('Waits for a person')}  ${strong(visibleLine(call.title))} ${quiet(visibleLine(call.tool))}`
  return ['', `┌ ${title}`, ...sections.map((line) => `│ ${line}`), '└']
}

function requesterLines({ requester, request }: WaitingCall): string[] {
  if (requester === undefined) return []
  return [field('Asked by', visibleLine(requester.email)), ...(request ? [field('', valueText(request))] : [])]
}

function effectLines(effect: Effect, call: WaitingCall, options: CardOptions): string[] {
  const { colours } = options
  const { ask, quiet } = colours
  const basis = basisWords[effect.basis] ?? `Not known to this program: ${valueText(effect.basis)}`
  return [
    ...highlightLines(effect, colours),
    ...maskLines(effect, call, options),
    '',
    field('Risk', effect.risk === 'low' ? 'low' : ask(valueText(effect.risk))),
    ...effect.reasons.map((reason) => field('', `- ${visibleLine(reason)}`)),
    field('Basis', effect.basis === 'server' ? basis : ask(basis)),
    ...taintLines(call, options),
    ...effect.objects.flatMap((object) => objectLines(object, effect, call, options)),
    ...block(
      'Differs at every rendering, no part of what you approve',
      effect.generated.map((path) => visibleLine(readablePath(path))),
    ),
    ...undoLines(effect, quiet),
    ...detailLines(effect, call, options),
  ]
}

/** How much is hidden; once it was shown, that this is what the page keeps to itself. */
function maskLines({ masks }: Effect, { shown }: WaitingCall, { colours: { ask }, unmaskBy }: CardOptions): string[] {
  if (shown !== undefined)
    return ['', ask('What would be written stands here in place of its masks; it is kept nowhere.')]
  if (masks === undefined) return [ask(`${masksMissing}.`)]
  const words = masksWords(masks)
  if (words === undefined) return []
  return ['', ask(hidesWritten(masks) ? `${words}. ${showWritten}: ${unmaskBy}` : `${words}.`)]
}

function objectLines(object: EffectObject, effect: Effect, call: WaitingCall, options: CardOptions): string[] {
  const { colours, isDetailed = false } = options
  const { loss, strong, quiet } = colours
  const action = object.action === 'delete' ? loss(object.action) : object.action
  const place = object.cluster === '' ? '' : quiet(` in ${visibleLine(object.cluster)}`)
  const changes = changeLines(object, colours)
  const diff = isDetailed || changes.length === 0 ? diffOf(object, call) : undefined
  const lines = [
    ...(call.unread === undefined ? [] : [loss(`The diff could not be read: ${call.unread}`)]),
    ...changes,
    ...(diff === undefined
      ? []
      : [...(changes.length > 0 ? ['', quiet('YAML diff')] : []), ...diffLines(diff, colours)]),
  ]
  if (lines.length === 0 && effect.diff_omitted) lines.push('The diff is too large to be sent.')
  if (lines.length === 0 && object.action === 'update') lines.push('No change: the cluster is already like this.')
  return ['', `${strong(objectName(object))}${place}: ${action}`, ...lines.map((line) => `  ${line}`)]
}

/** Undefined where there is none that tells all. */
function diffOf({ diff }: EffectObject, call: WaitingCall): string | undefined {
  // Not every mark of a diff can be told which text it stands for: the changes have all of them.
  return diff && call.shown === undefined && !isCut(diff) ? diff : undefined
}

/** What is fixed now and used at execution, where a person would want to know it; else that there is something. */
function detailLines({ pins, objects, diff_omitted }: Effect, call: WaitingCall, options: CardOptions): string[] {
  const { isDetailed = false, detailsBy } = options
  const all = Object.entries(pins)
  const areShown = isDetailed || all.some(([name, value]) => !isElementsPin(name, value) && isNotablePin(name))
  const lines = all.map(([name, value]) =>
    isElementsPin(name, value) ? elementsByPlace : `${visibleLine(name)}: ${valueText(value)}`,
  )
  const hasDiff =
    call.shown === undefined &&
    (diff_omitted === true || objects.some((object) => object.changes.length > 0 && diffOf(object, call) !== undefined))
  const folded = [
    hasDiff && 'the YAML diff',
    !areShown && all.length > 0 && `${all.length === 1 ? '1 value' : `${all.length} values`} fixed for the execution`,
  ].filter((it) => it !== false)
  return [
    ...(areShown ? block('Details: fixed now and used at execution', lines) : []),
    ...(isDetailed || folded.length === 0 ? [] : ['', field('Details', `${folded.join(', ')}: ${detailsBy}`)]),
  ]
}

/** A tool server that says so has left lines out: the changes are whole. */
function isCut(diff: string): boolean {
  // Every line of the text itself has a sign before it.
  return /(?:^|\n)\[diff cut: /.test(diff)
}

function undoLines({ undo }: Effect, quiet: (text: string) => string): string[] {
  if (undo === undefined) return ['', field('Undo', 'The tool says nothing about it')]
  if ('impossible' in undo) return ['', field('Undo', `Cannot be undone: ${visibleLine(undo.impossible)}`)]
  return [
    '',
    field('Undo', `Can be undone by ${visibleLine(undo.tool)}`),
    ...argumentLines(undo.args).map((line) => field('', quiet(line))),
  ]
}

function taintLines({ taint }: WaitingCall, { colours, titles }: CardOptions): string[] {
  return taint.map(({ path, source_call_id: source }, index) => {
    const title = source === undefined ? undefined : titles?.get(source)
    const from = title === undefined ? 'tool output' : `the output of ${visibleLine(title)}`
    return field(index === 0 ? 'Taint' : '', colours.ask(`${valueText(path)} first appeared in ${from}`))
  })
}

function requirementLines(
  { required, votes, policies, expiresAt, revision }: WaitingCall,
  options: CardOptions,
): string[] {
  const { approvers = 1, not_requester, role, reason, passkey } = required ?? {}
  const requirements = [
    not_requester && 'not the person who asked',
    role && `the role ${role}`,
    reason && 'a reason',
    passkey && 'a passkey, on the page',
  ].filter((it) => typeof it === 'string')
  const expiry = expiryOf(expiresAt, options.now)
  return [
    ...(policies.length > 0 ? [field('Policies', policies.map(valueText).join(', '))] : []),
    ...(approvers > 1 ? [field('Votes', `${votes.length} of ${approvers} approvals`)] : []),
    ...votes.map(({ by, at }) => field('', `${visibleLine(by)}, ${valueText(at)}`)),
    ...(requirements.length > 0 ? [field('Asks for', requirements.join(', '))] : []),
    ...(expiry === undefined ? [] : [field('Expires', expiry.isOver ? expiry.text : `in ${expiry.left}`)]),
    ...(revision > 1 ? [field('Revision', `${revision}: asked again`)] : []),
  ]
}

function block(title: string, lines: string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)]
}

function field(name: string, text: string): string {
  return `${name.padEnd(9)} ${text}`
}
