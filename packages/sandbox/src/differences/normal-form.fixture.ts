import { canonicalText, isEqual, isObject, type Json, textAt } from '../api/values/json.ts'
import type { Answered } from './bare-servers.fixture.ts'

/** An answer without what each server makes up by itself: uids, times, versions, addresses, random names. */
export function normalForm({ status, body, warnings }: Answered): Json {
  return { status, warnings, body: walk(body as Json, '') }
}

function walk(value: Json, key: string): Json {
  if (Array.isArray(value)) {
    const walked = value.map((each) => walk(each, key))
    return key === 'causes' ? causesIn(walked) : walked
  }
  if (isObject(value)) {
    const sorted = Object.keys(value).toSorted()
    const result: { [name: string]: Json } = {}
    for (const name of sorted) result[plain(name)] = walk(value[name] ?? null, name)
    return result
  }
  if (key === 'nodePort' && typeof value === 'number' && value >= 30_000) return '<port>'
  if (typeof value !== 'string') return value
  if (key === 'resourceVersion') return value === '' ? '' : '<version>'
  if (/^(clusterIP|clusterIPs)$/.test(key) && /^10\.96\./.test(value)) return '<address>'
  if (key === 'continue') return '<continue>'
  if (key === 'cells' && /^\d+s$/.test(value)) return '<age>'
  return plain(value)
}

/** The API server names some causes two or three times over, and the managers of a conflict as its hash map has them. */
function causesIn(causes: readonly Json[]): Json[] {
  const single = causes.filter((each, at) => causes.findIndex((other) => isEqual(other, each)) === at)
  const isConflict = single.every((each) => textAt(each, 'reason') === 'FieldManagerConflict')
  return isConflict ? single.toSorted((a, b) => (canonicalText(a) < canonicalText(b) ? -1 : 1)) : single
}

/** Replaces what differs from one run to the next within a text. */
function plain(text: string): string {
  return text
    .replace(/Invalid value: "\{.*\}": /s, 'Invalid value: <patched>: ')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uid>')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '<time>')
    .replace(/seq-[0-9a-f]{12}/g, '<namespace>')
    .replace(/Invalid value: \{.*\}: /s, 'Invalid value: <object>: ')
    .replace(/\b10\.96\.\d+\.\d+\b/g, '<address>')
    .replace(/:3[0-2]\d{3}\//g, ':<port>/')
    .replace(/\n@@.*/s, '')
    .replace(/kube-api-access-\w{5}/g, 'kube-api-access-<random>')
    .replace(/(gen-)[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, '$1<random>')
}
