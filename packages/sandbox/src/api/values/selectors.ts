import { badRequest } from './api-status-error.ts'
import { type Json, type JsonObject, listAt, objectAt, textAt } from './json.ts'

export type Labels = Readonly<Record<string, string>>
export type LabelTest = (labels: Labels) => boolean

type Requirement = { key: string; operator: string; values: readonly string[] }

/** A label selector as it stands in a query. Throws ApiStatusError. */
export function parseLabelSelector(text: string): LabelTest {
  const requirements = splitOutsideParentheses(text)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(parseRequirement)
  return (labels) => requirements.every((each) => holds(each, labels))
}

/** A `LabelSelector` of an object; an empty one selects everything, a missing one nothing. */
export function labelTestOf(selector: Json | undefined): LabelTest {
  if (selector === undefined || selector === null) return () => false
  const wanted = Object.entries(objectAt(selector, 'matchLabels'))
  const requirements = [
    ...wanted.map(([key, value]) => ({ key, operator: 'In', values: [String(value)] })),
    ...listAt(selector, 'matchExpressions').map((each) => ({
      key: textAt(each, 'key') ?? '',
      operator: textAt(each, 'operator') ?? '',
      values: listAt(each, 'values').map(String),
    })),
  ]
  return (labels) => requirements.every((each) => holds(each, labels))
}

/** The labels of an object. */
export function labelsOf(object: JsonObject): Labels {
  return objectAt(object, 'metadata', 'labels') as Labels
}

function holds({ key, operator, values }: Requirement, labels: Labels): boolean {
  const isThere = Object.hasOwn(labels, key)
  const value = labels[key] ?? ''
  switch (operator) {
    case 'In':
      return isThere && values.includes(value)
    case 'NotIn':
      return !isThere || !values.includes(value)
    case 'Exists':
      return isThere
    case 'DoesNotExist':
      return !isThere
    case 'Gt':
      return isThere && Number(value) > Number(values[0])
    case 'Lt':
      return isThere && Number(value) < Number(values[0])
    default:
      return false
  }
}

function parseRequirement(part: string): Requirement {
  const set = /^([^\s!=,<>()]+)\s+(in|notin)\s*\(([^()]*)\)$/.exec(part)
  if (set) {
    const [, key = '', operator, list = ''] = set
    const values = list.split(',').map((each) => each.trim())
    return { key: checkedKey(key), operator: operator === 'in' ? 'In' : 'NotIn', values: values.map(checkedValue) }
  }
  const compared = /^([^\s!=,<>()]+)\s*(==|=|!=|>|<)\s*([^\s!=<>(),]*)$/.exec(part)
  if (compared) {
    const [, key = '', sign, value = ''] = compared
    const operator = sign === '!=' ? 'NotIn' : sign === '>' ? 'Gt' : sign === '<' ? 'Lt' : 'In'
    return { key: checkedKey(key), operator, values: [checkedValue(value)] }
  }
  const absent = /^!\s*([^\s!=,<>()]+)$/.exec(part)
  if (absent) return { key: checkedKey(absent[1] ?? ''), operator: 'DoesNotExist', values: [] }
  if (/^[^\s!=,<>()]+$/.test(part)) return { key: checkedKey(part), operator: 'Exists', values: [] }
  const trailing = /^[^\s!=,<>()]+\s*(?:==|=|!=)\s*[^\s!=<>(),]+([!=]+)/.exec(part)
  if (trailing) throw badRequest(`found '${trailing[1]}', expected: ',' or 'end of string'`)
  const bad = part.replace(/^[^\s!=,<>()]+\s*/, '')
  const token = /^(?:[^\s!=,<>()]+|[!=<>]+|.)/.exec(bad)?.[0] ?? ''
  throw badRequest(`unable to parse requirement: found '${token}', expected: in, notin, =, ==, !=, gt, lt`)
}

const valuePattern = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/
const namePattern = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/

function checkedKey(key: string): string {
  const name = key.includes('/') ? key.slice(key.indexOf('/') + 1) : key
  if (!namePattern.test(name)) {
    throw badRequest(
      `unable to parse requirement: <nil>: Invalid value: ${JSON.stringify(key)}: name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
    )
  }
  return key
}

function checkedValue(value: string): string {
  if (valuePattern.test(value)) return value
  throw badRequest(
    `unable to parse requirement: values[0][${value}]: Invalid value: ${JSON.stringify(value)}: a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`,
  )
}

function splitOutsideParentheses(text: string): string[] {
  const parts: string[] = []
  let depth = 0
  let part = ''
  for (const letter of text) {
    if (letter === '(') depth++
    if (letter === ')') depth--
    if (letter === ',' && depth === 0) {
      parts.push(part)
      part = ''
    } else part += letter
  }
  return [...parts, part]
}

/** Which fields each resource can be selected by, beside its name and namespace, and what they are. */
const selectable: Record<string, Record<string, (object: JsonObject) => string>> = {
  '/pods': Object.fromEntries(
    ['spec.nodeName', 'spec.restartPolicy', 'spec.schedulerName', 'spec.serviceAccountName', 'spec.hostNetwork']
      .concat(['status.phase', 'status.podIP', 'status.nominatedNodeName'])
      .map((path) => [path, textOf(path)]),
  ),
  '/events': Object.fromEntries(
    ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath']
      .map((field) => `involvedObject.${field}`)
      .concat(['reason', 'reportingComponent', 'type', 'source'])
      .map((path) => [
        path,
        path === 'source'
          ? (object) => textAt(object, 'source', 'component') || textAt(object, 'reportingComponent') || ''
          : textOf(path),
      ]),
  ),
  '/secrets': { type: textOf('type') },
  '/namespaces': { 'status.phase': textOf('status.phase') },
  '/nodes': { 'spec.unschedulable': textOf('spec.unschedulable') },
  '/services': { 'spec.clusterIP': textOf('spec.clusterIP'), 'spec.type': textOf('spec.type') },
  'batch/jobs': { 'status.successful': (object) => String(objectAt(object, 'status').succeeded ?? 0) },
}

function textOf(path: string): (object: JsonObject) => string {
  const steps = path.split('.')
  return (object) => {
    const parent = objectAt(object, ...steps.slice(0, -1))
    const value = parent[steps.at(-1) ?? '']
    return value === undefined || value === null
      ? path === 'spec.hostNetwork' || path === 'spec.unschedulable'
        ? 'false'
        : ''
      : String(value)
  }
}

/** Resources whose own list of fields takes the place of the general one, with its own sentence. */
const ownSentence = new Set(Object.keys(selectable))

/** A field selector as it stands in a query. `resource` is `GROUP/PLURAL`. Throws ApiStatusError. */
export function parseFieldSelector(
  text: string,
  resource: string,
  isNamespaced: boolean,
): (object: JsonObject) => boolean {
  const tests = text
    .split(',')
    .filter((part) => part !== '')
    .map((part) => {
      const match = /^([^!=]+?)(==|!=|=)(.*)$/.exec(part)
      if (!match) throw badRequest(`invalid selector: '${text}'; can't understand '${part}'`)
      const [, field = '', sign, value = ''] = match
      const read = readerOf(field, resource, isNamespaced)
      const wanted = value.replace(/\\(.)/g, '$1')
      return (object: JsonObject) => (read(object) === wanted) === (sign !== '!=')
    })
  return (object) => tests.every((test) => test(object))
}

function readerOf(field: string, resource: string, isNamespaced: boolean): (object: JsonObject) => string {
  if (field === 'metadata.name') return (object) => textAt(object, 'metadata', 'name') ?? ''
  if (field === 'metadata.namespace' && (isNamespaced || !ownSentence.has(resource))) {
    return (object) => textAt(object, 'metadata', 'namespace') ?? ''
  }
  const own = selectable[resource]?.[field]
  if (own) return own
  throw badRequest(
    ownSentence.has(resource)
      ? resource === 'batch/jobs'
        ? `field label "${field}" not supported for Job`
        : `field label not supported: ${field}`
      : `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`,
  )
}
