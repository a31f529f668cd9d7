import type { KubeObject } from '../effect/kube-object.ts'
import { shrinkObject } from '../output/shrink-object.ts'
import { type Cut, cutItems, type Total, truncationNote } from '../output/truncate.ts'
import { yamlText } from '../output/yaml-text.ts'

export type Format = 'yaml' | 'json'

type Limits = { most: number; narrow: string; total: Total }

/** One object alone, as YAML or JSON that stays whole when it is made smaller. */
export function showObject(object: object, format: Format, { most, narrow }: Limits): Cut {
  const render = format === 'yaml' ? asYaml : asJson
  const whole = render(object)
  const total = whole.length
  if (total <= most) return { output: whole, truncated: false, returned: 1, total: 1 }
  const available = most - 2 * truncationNote(total, total, 'characters', narrow).length - 100
  const { object: smaller, left } = shrinkObject(object, available, render)
  const note = truncationNote(
    render(smaller).length,
    total,
    'characters',
    `${narrow} (left out: ${left.slice(0, 3).join(', ')})`,
  )
  const output =
    format === 'yaml' ? `${render(smaller)}\n# ${note}` : asJson({ ...(smaller as object), truncated: note })
  return { output, truncated: true, returned: 1, total: 1 }
}

/**
 * Several objects as a `List`, cut after whole items. The note is a comment in YAML and a key in JSON. Objects are taken
 * only as long as there is room for them.
 */
export function showList(objects: Iterable<KubeObject>, format: Format, limits: Limits): Cut {
  return format === 'yaml' ? yamlList(objects, limits) : jsonList(objects, limits)
}

function yamlList(objects: Iterable<KubeObject>, limits: Limits): Cut {
  const head = 'apiVersion: v1\nkind: List\nitems:'
  const items = render(objects, limits.most, (object) => asYaml([object]))
  if (items.length === 0) return { output: `${head} []`, truncated: false, returned: 0, total: 0 }
  const cut = cutItems(items, { ...limits, most: limits.most - head.length - 4, note: (text) => `# ${text}` })
  return { ...cut, output: `${head}${cut.returned === 0 ? ' []' : ''}\n${cut.output}` }
}

function jsonList(objects: Iterable<KubeObject>, limits: Limits): Cut {
  const frame = { apiVersion: 'v1', kind: 'List' }
  const items = render(objects, limits.most, (object) => JSON.stringify(object))
  let note: string | undefined
  const cut = cutItems(items, {
    ...limits,
    // A comma an item and the frame around them.
    most: limits.most - 100 - items.length,
    note: (text) => {
      note = text
      return text
    },
  })
  const kept = items.slice(0, cut.returned).join(',\n')
  const rest = cut.truncated ? `,\n"truncated":${JSON.stringify(note)}` : ''
  const output = `{"apiVersion":"${frame.apiVersion}","kind":"${frame.kind}","items":[\n${kept}\n]${rest}}`
  return { ...cut, output }
}

/** Up to the first one that there is no room for. */
function render(objects: Iterable<KubeObject>, most: number, asText: (object: KubeObject) => string): string[] {
  const texts: string[] = []
  let length = 0
  for (const object of objects) {
    const text = asText(object)
    texts.push(text)
    length += text.length
    if (length > most) break
  }
  return texts
}

function asYaml(value: unknown): string {
  return yamlText(value).trimEnd()
}

function asJson(value: unknown): string {
  return JSON.stringify(value, null, 2)
}
