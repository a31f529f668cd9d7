import type { RE2JS } from 're2js'
import { objectPath } from '../../../kube/discovery/api-resource.ts'
import type { Query } from '../../../kube/kube.ts'
import type { KubeContext } from '../../../kube/kube-context.ts'
import { podResource } from '../../../kube/workloads/workload-pods.ts'
import { dropCutWord } from '../../../output/drop-cut-word.ts'
import { groupLines } from '../../../output/group-lines.ts'
import { redactText } from '../../../output/redact.ts'
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

/** As a request names it. Without a container the API server takes the only one; where there are several it refuses. */
export type NamedLog = { pod: string; namespace: string | undefined; container?: string; previous: boolean }

/** The first answer of a log whose pod is still being read. Who does not want it need not wait for it. */
export function readAhead(log: NamedLog, selection: Selection, context: KubeContext): Promise<string> {
  const text = textOf(log, { selection, context, ...limitsFor(selection, context) })
  text.catch(() => undefined)
  return text
}

/** The newest lines that fit the selection, oldest first, redacted and grouped. */
export async function readLog(
  { pod, container, previous }: LogSource,
  { selection, context, ahead }: { selection: Selection; context: KubeContext; ahead?: Promise<string> },
): Promise<ReadLines> {
  const { name, namespace } = pod.metadata
  const log = { pod: name, namespace, container, previous }
  const { text, more } = await newestText(log, { selection, context, ahead, ...limitsFor(selection, context) })
  const wanted = linesOf(redactText(text)).filter(filterOf(selection)).slice(-selection.lines)
  return { lines: selection.group ? groupLines(wanted) : wanted, more }
}

export function filterOf({ grep, exclude }: Pick<Selection, 'grep' | 'exclude'>): (line: string) => boolean {
  return (line) => (grep === null || grep.test(line)) && (exclude === null || !exclude.test(line))
}

/** How much is asked for at first. */
function limitsFor({ grep, exclude, lines }: Selection, { settings }: KubeContext): { lines: number; bytes: number } {
  const filtered = grep !== null || exclude !== null
  return filtered ? { lines: mostLines, bytes: searchedBytes } : { lines, bytes: settings.maxOutputChars + 1 }
}

export function queryOf(
  { container, previous }: Pick<NamedLog, 'container' | 'previous'>,
  { timestamps, sinceSeconds, sinceTime }: Selection,
): Query {
  return { container, previous: previous || undefined, timestamps: timestamps || undefined, sinceSeconds, sinceTime }
}

export async function logPath({ kube }: KubeContext, { pod, namespace }: NamedLog): Promise<string> {
  return objectPath({ resource: await podResource(kube), namespace, name: pod }, 'log')
}

type Request = { selection: Selection; context: KubeContext; lines: number; bytes: number }

async function textOf(log: NamedLog, { selection, context, lines, bytes }: Request): Promise<string> {
  const query = { ...queryOf(log, selection), tailLines: lines, limitBytes: bytes }
  return context.kube.text(await logPath(context, log), { query })
}

/**
 * `limitBytes` counts from the oldest of the lines that `tailLines` chose, so a limit that was reached has cut off the
 * newest: fewer lines are asked for until all of them come. Of one that is too long alone its beginning is what there is.
 */
async function newestText(log: NamedLog, { ahead, ...request }: Request & { ahead?: Promise<string> }) {
  const { lines, bytes } = request
  for (let tailLines = lines, first = ahead; ; first = undefined) {
    const text = await (first ?? textOf(log, { ...request, lines: tailLines }))
    const came = text.split('\n').length - 1
    if (Buffer.byteLength(text) < bytes) return { text, more: tailLines < lines }
    if (tailLines === 1) return { text: dropCutWord(text), more: tailLines < lines }
    tailLines = Math.max(1, Math.min(Math.floor(came * 0.9), Math.floor(tailLines / 2)))
  }
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n')
}
