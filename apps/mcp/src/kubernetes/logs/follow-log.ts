import { stripControl } from '../../output/untrusted-text.ts'
import type { ToolContext } from '../../tool-context.ts'
import { endedBy } from '../ended-by.ts'
import type { LogSource } from './log-source.ts'
import { filterOf, logPath, queryOf, type Selection } from './read-log.ts'

type Options = {
  selection: Selection
  context: ToolContext
  /** Ends the following; the lines so far are the result. */
  until: AbortSignal
  /** Stands before each live line where several logs are followed at once. */
  label: string
}

/** Follows one log: each new line is live output at once, and the newest ones are given back, raw. */
export async function followLog(source: LogSource, { selection, context, until, label }: Options): Promise<string[]> {
  const query = { ...queryOf(source, selection), follow: true, tailLines: selection.lines }
  const { name, namespace } = source.pod.metadata
  const path = await logPath(context, { ...source, pod: name, namespace })
  const stream = context.kube.stream(path, { query, signal: until, timeoutMs: 0 })
  const wanted = filterOf(selection)
  const newest: string[] = []
  for await (const line of linesIn(endedBy(stream, until, context.signal))) {
    if (!wanted(stripControl(line))) continue
    context.progress('stdout', `${label}${line}\n`)
    newest.push(line)
    if (newest.length > 2 * selection.lines) newest.splice(0, newest.length - selection.lines)
  }
  return newest.slice(-selection.lines)
}

/** A line that never ends is handed on in pieces, so that it cannot fill the memory. */
const longestLine = 64 * 1024

async function* linesIn(stream: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
    if (rest.length > longestLine) {
      yield rest
      rest = ''
    }
  }
  rest += decoder.decode()
  if (rest !== '') yield rest
}
