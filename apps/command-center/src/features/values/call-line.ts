import type { ResultBlock } from '@fairlead/contract/call/call'
import { isRecord } from '@fairlead/contract/json/is-record'
import { isSecretKey } from './secret-values.ts'
import { valueText } from './value-text.ts'

const places = ['namespace', 'context', 'cluster']
const types = ['resource_type', 'kind', 'type']
const names = ['name', 'pod_name', 'resource_name', 'release_name', 'job_name']

/**
 * What a call is about, in one line: type, name and place first, then the rest as `key=value`. `isOfWrite`: they may be
 * what would run, so a name hides nothing of them.
 */
export function argsLine(args: unknown, { isOfWrite = false } = {}): string {
  if (!isRecord(args)) return ''
  const take = (keys: readonly string[]) => keys.find((key) => typeof args[key] === 'string' && args[key] !== '')
  const [type, name, place] = [take(types), take(names), take(places)]
  const subject = [type, name].flatMap((key) => (key === undefined ? [] : [String(args[key])])).join('/')
  const named = new Set([type, name, place])
  const rest = Object.entries(args)
    .filter(([key, value]) => !named.has(key) && value !== null && value !== undefined && value !== false)
    .map(([key, value]) => (value === true ? key : `${key}=${!isOfWrite && isSecretKey(key) ? '***' : oneLine(value)}`))
  return [subject, place === undefined ? '' : String(args[place]), ...rest].filter((part) => part !== '').join(' ')
}

function oneLine(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
  const [first = '', ...more] = text.split('\n')
  return more.length === 0 ? first : `${first} …`
}

/** What an undo would write: whole, and hidden by no name. */
export function argsText(args: Readonly<Record<string, unknown>>): string {
  return Object.entries(args)
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : valueText(value)}`)
    .join(' ')
}

/** What came of a call, in a few words: its only line, or how much there is. */
export function resultLine(result: readonly ResultBlock[] | undefined, error: string | undefined): string {
  if (error !== undefined) return firstLine(error)
  const text = (result ?? []).flatMap((block) => (typeof block.text === 'string' ? [block.text] : [])).join('\n')
  const lines = text.trim().split('\n')
  if (text.trim() === '') return 'no output'
  if (lines.length === 1 && !/^[[{]/.test(text.trim())) return firstLine(text)
  const json = parsed(text)
  if (Array.isArray(json)) return counted(json.length, 'item')
  if (isRecord(json)) return Array.isArray(json.items) ? counted(json.items.length, 'item') : 'JSON'
  return counted(lines.length, 'line')
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

export function firstLine(text: string): string {
  return text.trim().split('\n', 1)[0] ?? ''
}

function parsed(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
