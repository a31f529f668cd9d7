/** What a `tree` parameter selects: fields by name, each whole or with fields of its own, lists by a range. */
type Tree = Map<string, { fields: Tree | undefined; range: [from: number, to: number] | undefined }>

/** As Jenkins does it: only what is named, `_class` always, `*` for all plain fields. */
export function selectTree(value: unknown, text: string): unknown {
  const parser = { text, at: 0 }
  return select(value, parseFields(parser))
}

function select(value: unknown, tree: Tree): unknown {
  if (Array.isArray(value)) return value.map((each) => select(each, tree))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).flatMap(([key, field]): [string, unknown][] => {
    if (key === '_class') return [[key, field]]
    const chosen = tree.get(key) ?? tree.get('*')
    if (chosen === undefined) return []
    const cut = Array.isArray(field) && chosen.range !== undefined ? field.slice(...chosen.range) : field
    return [[key, chosen.fields === undefined ? cut : select(cut, chosen.fields)]]
  })
  return Object.fromEntries(entries)
}

type Parser = { text: string; at: number }

function parseFields(parser: Parser): Tree {
  const tree: Tree = new Map()
  for (;;) {
    const [name] = /^[A-Za-z0-9_*]+/.exec(parser.text.slice(parser.at)) ?? ['']
    parser.at += name.length
    const fields = parser.text[parser.at] === '[' ? parseInner(parser) : undefined
    const [range = '', from = '', to = ''] = /^\{(\d*),?(\d*)\}/.exec(parser.text.slice(parser.at)) ?? []
    parser.at += range.length
    const end = to === '' ? Number.POSITIVE_INFINITY : Number(to)
    if (name !== '') tree.set(name, { fields, range: range === '' ? undefined : [Number(from || 0), end] })
    if (parser.text[parser.at] !== ',') return tree
    parser.at++
  }
}

function parseInner(parser: Parser): Tree {
  parser.at++
  const fields = parseFields(parser)
  if (parser.text[parser.at] === ']') parser.at++
  return fields
}
