import type { Scope } from './scope.ts'

/** How many there are; nobody may know how many more. */
export type Total = { count: number; isMore: boolean }

/** Of these was a part read only. */
export type Part = { kind: string; read: number; all: Total }

/** What an answer that was cut says of how many there are; undefined when it is whole. */
export function totalIn(text: string): Total | undefined {
  const found = /\[truncated: showing \d+ of (more than )?(\d+) \w+;/.exec(text)
  return found === null ? undefined : { count: Number(found[2]), isMore: found[1] !== undefined }
}

/** What was not looked at, in one sentence; empty when all was. */
export function partLine(parts: readonly Part[], scope: Scope): string {
  if (parts.length === 0) return ''
  const each = parts.map(({ kind, read, all }) => `${read} of ${all.isMore ? 'more than ' : ''}${all.count} ${kind}`)
  const closer = scope === 'all' ? 'a namespace' : 'an object'
  return `This is a large place, and I have read a part of it only: ${each.join(', ')}, those that look troubled first. Name ${closer} for a closer look.`
}
