import { visibleLine } from '@fairlead/contract/visible-text'
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff'
import { stringify } from 'yaml'

const mostLines = 400
const mostCharacters = 60_000
/** A comparison that needs more edits than this tells a person nothing that the whole of both does not. */
const mostEdits = 1_000

/** Unified YAML diff from `before` to `after` (either may be absent), whole: what is approved is what was seen. */
export function yamlDiff(name: string, before: unknown, after: unknown): string {
  const [live, result] = [yamlOf(before), yamlOf(after)]
  // A name with a line end would make a line that has no sign before it.
  const of = visibleLine(name)
  const patch = createTwoFilesPatch(`live ${of}`, `result ${of}`, live, result, undefined, undefined, {
    headerOptions: FILE_HEADERS_ONLY,
    maxEditLength: mostEdits,
  })
  return patch ?? replacedWhole(of, live, result)
}

/**
 * For a model that reads them: each at most 400 lines, together at most 60,000 characters, cut with a note. What a person
 * decides about is never cut.
 */
export function shortDiffs(diffs: readonly string[]): string[] {
  let left = mostCharacters
  return diffs.map(cutLines).map((diff) => {
    const kept = diff.length <= left ? diff : cutCharacters(diff, left)
    left = Math.max(0, left - kept.length)
    return kept
  })
}

function yamlOf(value: unknown): string {
  if (value === undefined) return ''
  return stringify(value, {
    aliasDuplicateObjects: false,
    lineWidth: 0,
    sortMapEntries: (left, right) => compareKeys(String(left.key), String(right.key)),
  })
}

/** Both sides in one order, whoever wrote them; what a reader looks for first comes first. */
const firstKeys = ['apiVersion', 'kind', 'name', 'metadata']

function compareKeys(left: string, right: string): number {
  const [leftRank, rightRank] = [left, right].map(
    (key) => (firstKeys.indexOf(key) + firstKeys.length + 1) % (firstKeys.length + 1),
  )
  if (leftRank !== rightRank) return (leftRank ?? 0) - (rightRank ?? 0)
  return left < right ? -1 : 1
}

function replacedWhole(name: string, live: string, result: string): string {
  const marked = (text: string, mark: string) =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => `${mark}${line}`)
  return [`--- live ${name}`, `+++ result ${name}`, ...marked(live, '-'), ...marked(result, '+'), ''].join('\n')
}

function cutLines(diff: string): string {
  const lines = diff.trimEnd().split('\n')
  if (lines.length <= mostLines) return diff
  const kept = lines.slice(0, mostLines - 1)
  return `${kept.join('\n')}\n[diff cut: ${lines.length - kept.length} more lines]\n`
}

function cutCharacters(diff: string, limit: number): string {
  const note = '[diff cut: too large to show whole]\n'
  const kept = diff.slice(0, Math.max(0, limit - note.length))
  return kept.slice(0, kept.lastIndexOf('\n') + 1) + (limit >= note.length ? note : '')
}
