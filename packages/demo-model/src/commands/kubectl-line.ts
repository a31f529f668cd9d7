import { isImage } from '../lexicon/is-image.ts'
import { kindOf } from '../lexicon/kinds.ts'
import { stem } from '../lexicon/stem.ts'
import type { Action, Command, HalfUnderstood, Target, Value } from './command.ts'
import type { Lexeme } from './lexemes.ts'

/** What only reads is told by the words of any question. */
const reads =
  /^(?:get|describe|logs|log|top|events|explain|version|cluster-info|api-resources)$|^rollout (?:history|status)$/

type Form = { action: Action; flags: readonly string[]; isOfNodes?: boolean; needs?: string }

/** The changes of kubectl that are known, each with the flags that may stand beside a namespace. */
const forms: Readonly<Record<string, Form>> = {
  scale: { action: 'scale', flags: ['replicas'], needs: '--replicas' },
  'rollout restart': { action: 'restart', flags: [] },
  'rollout undo': { action: 'undo', flags: ['to-revision'] },
  'rollout pause': { action: 'pause', flags: [] },
  'rollout resume': { action: 'resume', flags: [] },
  delete: { action: 'delete', flags: [] },
  'set image': { action: 'set-image', flags: [], needs: 'container=image' },
  'set env': { action: 'set-variable', flags: [], needs: 'NAME=value' },
  cordon: { action: 'cordon', flags: [], isOfNodes: true },
  uncordon: { action: 'uncordon', flags: [], isOfNodes: true },
  'create deployment': { action: 'create', flags: ['image', 'replicas'], needs: '--image' },
  'create namespace': { action: 'create-namespace', flags: [] },
  'create ns': { action: 'create-namespace', flags: [] },
}

/** A line as one types it for kubectl, where it changes something; understood to its last word, or not at all. */
export function kubectlLine(
  lexemes: readonly Lexeme[],
  names: ReadonlySet<string>,
): Command | HalfUnderstood | undefined {
  const [first, ...line] = lexemes.map(({ raw }) => raw)
  if (first?.toLowerCase() !== 'kubectl') return undefined
  // The namespace may stand before the verb.
  const isPlaced = /^(?:-n|--namespace)$/.test(line[0] ?? '')
  const words = isPlaced ? [...line.slice(2), ...line.slice(0, 2)] : line
  const two = words.slice(0, 2).join(' ')
  const verb = two in forms || reads.test(two) ? two : (words[0] ?? '')
  if (reads.test(verb)) return undefined
  const refused = (...odd: string[]): HalfUnderstood => ({ verb: `kubectl ${verb}`, words: odd })
  const form = forms[verb]
  if (form === undefined) return refused(two)
  const { flags, rest, odd } = read(words.slice(verb.split(' ').length), ['namespace', ...form.flags])
  if (odd.length > 0) return refused(...odd)
  const target = targetOf(form, rest, names)
  if (target.odd.length > 0) return refused(...target.odd)
  const value = setBy(form.action, flags, target.pairs)
  if (value === undefined) return refused(`without ${form.needs ?? 'its value'}`)
  const { name, kind } = target
  if (name === undefined) return refused('without a name')
  const named: Target = {
    names: [name],
    isPronoun: false,
    isAll: false,
    kind,
    container: value.container,
    value: value.value,
  }
  return { action: form.action, targets: [named], places: flags.has('namespace') ? [flags.get('namespace') ?? ''] : [] }
}

/** Flags with their values, and what is none; a flag that is not known has no place. */
function read(words: readonly string[], known: readonly string[]) {
  const flags = new Map<string, string>()
  const rest: string[] = []
  const odd: string[] = []
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    const [, dashes = '', written = '', own] = /^(--?)([a-z-]+)(?:=(\S+))?$/.exec(word) ?? []
    if (dashes === '') {
      rest.push(word)
      continue
    }
    const flag = written === 'n' && dashes === '-' ? 'namespace' : written
    const value = own ?? words[++at]
    if (!known.includes(flag) || flags.has(flag) || value === undefined || value.startsWith('-')) odd.push(word)
    else flags.set(flag, value)
  }
  return { flags, rest, odd }
}

/** "Deployment web", "deployment/web", or a name alone; and the pairs behind it: `web=nginx:1.29`. */
function targetOf({ action, isOfNodes = false }: Form, rest: readonly string[], names: ReadonlySet<string>) {
  const pairs = rest.filter((word) => word.includes('='))
  const plain = rest.filter((word) => !word.includes('='))
  const isNew = action === 'create' || action === 'create-namespace'
  const words = isOfNodes || isNew ? plain : plain.flatMap((word) => word.split('/'))
  const [first = '', second, ...more] = words
  const kind = kindOf({ text: first.toLowerCase(), stem: stem(first.toLowerCase()) }, names.has(first))
  const isKind = !isOfNodes && !isNew && kind !== undefined && second !== undefined
  const name = isKind ? second : first
  const odd = [
    ...(isKind ? more : words.slice(1)),
    ...(/^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/.test(name) ? [] : [name || 'without a name']),
    ...(action === 'set-image' || action === 'set-variable' ? pairs.slice(1) : pairs),
  ]
  return { name, kind: isKind ? kind : undefined, pairs, odd }
}

type Setting = { value: Value; container: string | undefined }

function setBy(
  action: Action,
  flags: ReadonlyMap<string, string>,
  [pair = '']: readonly string[],
): Setting | undefined {
  const count = (flag: string) => (/^\d+$/.test(flags.get(flag) ?? '') ? Number(flags.get(flag)) : undefined)
  const [key = '', ...others] = pair.split('=')
  const said = others.join('=')
  const only = (value: Value, container?: string): Setting => ({ value, container })
  switch (action) {
    case 'scale': {
      const to = count('replicas')
      return to === undefined ? undefined : only({ replicas: { to } })
    }
    case 'undo': {
      const revision = count('to-revision')
      if (flags.has('to-revision') && revision === undefined) return undefined
      return only(revision === undefined ? {} : { revision })
    }
    case 'set-image':
      return key !== '' && isImage(said) ? only({ image: said }, key) : undefined
    case 'set-variable':
      return /^[A-Z][A-Z0-9_]*$/.test(key) && said !== '' ? only({ variable: { name: key, value: said } }) : undefined
    case 'create': {
      const [image, to] = [flags.get('image'), count('replicas')]
      if (image === undefined || (flags.has('replicas') && to === undefined)) return undefined
      return only({ image, ...(to !== undefined && { replicas: { to } }) })
    }
    default:
      return only({})
  }
}
