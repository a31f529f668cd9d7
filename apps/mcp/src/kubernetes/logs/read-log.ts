import type { RE2JS } from 're2js'
import { objectPath } from '../../kube/api-resource.ts'
import type { Query } from '../../kube/kube.ts'
import { groupLines } from '../../output/group-lines.ts'
import { redactText } from '../../output/redact.ts'
import type { ToolContext } from '../../tool-context.ts'
import { podResource } from '../workload-pods.ts'
import type { LogSource } from './log-source.ts'

/** What of a log is wanted. */
export type Selection = {
  lines: number
  grep: RE2JS | null
  exclude: RE2JS | null
  group: boolean
  timestamps: boolean
  sinceSeconds?: number
  sinceTime?: string
}

const mostLines = 10_000
/** With a pattern more is read than shown: this much is searched, from the newest line backwards. */
const searchedBytes = 1024 * 1024

/** `more`: the window holds lines, older ones, that were too many to read. */
export type ReadLines = { lines: string[]; more: boolean }

/** The newest lines that fit the selection, oldest first, redacted and grouped. */
export async function readLog(source: LogSource, selection: Selection, context: ToolContext): Promise<ReadLines> {
  const filtered = selection.grep !== null || selection.exclude !== null
  const { text, more } = await newestText(source, {
    context,
    query: queryOf(source, selection),
    lines: filtered ? mostLines : selection.lines,
    bytes: filtered ? searchedBytes : context.settings.maxOutputChars + 1,
  })
  const wanted = linesOf(redactText(text)).filter(filterOf(selection)).slice(-selection.lines)
  return { lines: selection.group ? groupLines(wanted) : wanted, more }
}

export function filterOf({ grep, exclude }: Pick<Selection, 'grep' | 'exclude'>): (line: string) => boolean {
  return (line) => (grep === null || grep.test(line)) && (exclude === null || !exclude.test(line))
}

export function queryOf({ container, previous }: LogSource, { timestamps, sinceSeconds, sinceTime }: Selection): Query {
  return { container, previous: previous || undefined, timestamps: timestamps || undefined, sinceSeconds, sinceTime }
}

export async function logPath({ kube }: ToolContext, { pod }: LogSource): Promise<string> {
  const { name, namespace } = pod.metadata
  return objectPath({ resource: await podResource(kube), namespace, name }, 'log')
}

type Request = { context: ToolContext; query: Query; lines: number; bytes: number }

/**
 * `limitBytes` counts from the oldest of the lines that `tailLines` chose, so a limit that was reached has cut off the
 * newest: fewer lines are asked for until all of them come.
 */
async function newestText(source: LogSource, { context, query, lines, bytes }: Request) {
  const path = await logPath(context, source)
  for (let tailLines = lines; ; ) {
    const text = await context.kube.text(path, { query: { ...query, tailLines, limitBytes: bytes } })
    const came = text.split('\n').length - 1
    if (Buffer.byteLength(text) < bytes || tailLines === 1) return { text, more: tailLines < lines }
    tailLines = Math.max(1, Math.min(Math.floor(came * 0.9), Math.floor(tailLines / 2)))
  }
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n')
}
