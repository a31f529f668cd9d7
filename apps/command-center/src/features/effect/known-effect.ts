import type { Basis, Change, Effect, EffectObject, Highlight, Mask, Risk, Undo } from '@fairlead/contract/effect/effect'
import type { ElementNames } from '@fairlead/contract/effect/readable-path'
import { isRecord } from '@fairlead/contract/json/is-record'

/** An effect as far as the server describes it. What it left out is named, never made up. */
export type KnownEffect = {
  summary: string | undefined
  risk: Risk | undefined
  reasons: string[]
  basis: Basis | undefined
  objects: EffectObject[]
  /** Undefined where nobody looked. */
  highlights: Highlight[] | undefined
  /** Undefined where nobody said. */
  masks: KnownMask[] | undefined
  generated: string[]
  pins: [name: string, value: unknown][]
  undo: Undo | undefined
  isDiffOmitted: boolean
  missing: string[]
}

export type KnownMask = Pick<Mask, 'side' | 'bytes' | 'executable'>

const risks: readonly unknown[] = ['low', 'medium', 'high'] satisfies Risk[]
const bases: readonly unknown[] = ['server', 'computed', 'external', 'unknown'] satisfies Basis[]

/** Another server of the wire may send an effect with parts missing or of another form. */
export function knownEffect(effect: Effect | null | undefined): KnownEffect | undefined {
  if (!isRecord(effect)) return undefined
  const { summary, risk, reasons, basis, objects, highlights, masks, generated, pins, undo, diff_omitted } =
    effect as Record<string, unknown>
  const known = {
    summary: typeof summary === 'string' && summary !== '' ? summary : undefined,
    risk: risks.includes(risk) ? (risk as Risk) : undefined,
    reasons: textsOf(reasons),
    basis: bases.includes(basis) ? (basis as Basis) : undefined,
    objects: Array.isArray(objects) ? objects.filter(isRecord).map(knownObject) : [],
    highlights: Array.isArray(highlights) ? highlights.filter(isHighlight) : undefined,
    masks: Array.isArray(masks) ? masks.filter(isRecord).map(knownMask) : undefined,
    generated: textsOf(generated),
    pins: isRecord(pins) ? Object.entries(pins) : [],
    undo: isUndo(undo) ? undo : undefined,
    isDiffOmitted: diff_omitted === true,
  }
  const missing = [
    known.summary === undefined && 'a summary',
    known.risk === undefined && 'the risk',
    known.basis === undefined && 'what it is based on',
    !Array.isArray(objects) && 'the objects that change',
    known.undo === undefined && 'whether it can be undone',
  ]
  return { ...known, missing: missing.filter((part) => part !== false) }
}

function knownObject(object: Readonly<Record<string, unknown>>): EffectObject {
  const text = (value: unknown) => (typeof value === 'string' ? value : '')
  const optional = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)
  return {
    cluster: text(object.cluster),
    apiVersion: text(object.apiVersion),
    kind: text(object.kind),
    namespace: optional(object.namespace),
    name: text(object.name),
    uid: optional(object.uid),
    action: text(object.action) as EffectObject['action'],
    changes: Array.isArray(object.changes) ? object.changes.filter(isChange) : [],
    elements: elementNames(object.elements),
    diff: typeof object.diff === 'string' ? object.diff : undefined,
  }
}

/** An element that is called by anything else than texts and numbers has but its index. */
function elementNames(elements: unknown): ElementNames {
  if (!isRecord(elements)) return {}
  const isName = (name: unknown): name is ElementNames[string] =>
    isRecord(name) && Object.values(name).every((part) => typeof part === 'string' || typeof part === 'number')
  return Object.fromEntries(Object.entries(elements).flatMap(([at, name]) => (isName(name) ? [[at, name]] : [])))
}

function isChange(change: unknown): change is Change {
  return isRecord(change) && typeof change.path === 'string'
}

function isHighlight(highlight: unknown): highlight is Highlight {
  return isRecord(highlight) && typeof highlight.fact === 'string' && typeof highlight.path === 'string'
}

/** One that does not say is taken for one that would run. */
function knownMask({ side, bytes, executable }: Readonly<Record<string, unknown>>): KnownMask {
  return {
    side: side === 'before' ? 'before' : 'after',
    bytes: typeof bytes === 'number' ? bytes : 0,
    executable: executable !== false,
  }
}

function isUndo(undo: unknown): undo is Undo {
  return isRecord(undo) && (typeof undo.impossible === 'string' || typeof undo.tool === 'string')
}

function textsOf(list: unknown): string[] {
  return Array.isArray(list) ? list.filter((it) => typeof it === 'string') : []
}
