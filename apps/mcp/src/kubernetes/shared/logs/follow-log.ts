import type { KubeContext } from '../../../kube/kube-context.ts'
import { stripControl } from '../../../output/untrusted-text.ts'
import { endedBy } from './ended-by.ts'
import type { LogSource } from './log-source.ts'
import { maskedLines } from './masked-lines.ts'
import { filterOf, logPath, queryOf, type ReadLines, type Selection } from './read-log.ts'

type Options = {
  selection: Selection
  context: KubeContext
  /** Ends the following; the lines so far are the result. */
  until: AbortSignal
  /** Stands before each live line where several logs are followed at once. */
  label: string
}

/** Of the newest lines, in characters. */
const mostKept = 1024 * 1024

/**
 * Follows one log: each new line is live output at once, in its colours, and the newest ones are given back, redacted.
 * `isCut`: there were lines too long to be searched to their end.
 */
export async function followLog(
  source: LogSource,
  { selection, context, until, label }: Options,
): Promise<ReadLines & { isCut: boolean }> {
  const query = { ...queryOf(source, selection), follow: true, tailLines: selection.lines }
  const { name, namespace } = source.pod.metadata
  const path = await logPath(context, { ...source, pod: name, namespace })
  const stream = context.kube.stream(path, { query, signal: until, timeoutMs: 0 })
  const wanted = filterOf(selection)
  const newest: string[] = []
  let kept = 0
  let more = false
  let isCut = false
  const lines = maskedLines(endedBy(stream, until, context.signal), {
    isCut: () => until.aborted,
    onCut: () => {
      isCut = true
    },
  })
  for await (const line of lines) {
    const plain = stripControl(line)
    if (!wanted(plain)) continue
    context.progress('stdout', `${label}${line}\n`)
    newest.push(plain)
    kept += plain.length
    while (newest.length > selection.lines || kept > mostKept) {
      more ||= newest.length <= selection.lines
      kept -= newest.shift()?.length ?? 0
    }
  }
  return { lines: newest, more, isCut }
}
