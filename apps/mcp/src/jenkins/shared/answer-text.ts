import type { JenkinsAnswer } from '../../jenkins-http/jenkins-answer.ts'
import { redactObject } from '../../output/redact.ts'
import type { ToolResult } from '../../tool/define-tool.ts'
import type { ToolSettings } from '../../tool/tool-context.ts'

/** Headers of Jenkins that say something to the reader. */
const keptHeaders = ['x-jenkins', 'x-text-size', 'x-more-data']

/** The result of the wire: `{"status", "headers", "body"}` as text. */
export function answerText(
  { status, headers }: Pick<JenkinsAnswer, 'status' | 'headers'>,
  body: unknown,
  { maxOutputChars }: Pick<ToolSettings, 'maxOutputChars'>,
): ToolResult {
  const kept = Object.fromEntries(
    keptHeaders.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])),
  )
  const whole = JSON.stringify({ status, headers: kept, body: redactObject(body) })
  if (whole.length <= maxOutputChars) return { output: whole }
  const { short, left } = shortened(redactObject(body), maxOutputChars - 200)
  const note = `[truncated: ${left} more; narrow with tree, count, start or limit]`
  return { output: JSON.stringify({ status, headers: kept, body: short, truncated: note }), truncated: true }
}

/** Lists lose what is behind, the longest first; the rest stays what it is. */
function shortened(body: unknown, most: number): { short: unknown; left: string } {
  if (typeof body !== 'object' || body === null) return { short: String(body).slice(0, most), left: 'characters' }
  const copy: Record<string, unknown> = { ...(body as Record<string, unknown>) }
  const lists = Object.entries(copy).filter((entry): entry is [string, unknown[]] => Array.isArray(entry[1]))
  let left = 0
  for (const [key, list] of lists.toSorted((a, b) => b[1].length - a[1].length)) {
    const kept = [...list]
    while (kept.length > 0 && JSON.stringify({ ...copy, [key]: kept }).length > most) {
      kept.pop()
      left++
    }
    copy[key] = kept
  }
  return { short: copy, left: `${left} items` }
}

/** What Jenkins says in JSON. */
export function parsedBody({ body }: Pick<JenkinsAnswer, 'body'>): Record<string, unknown> {
  const value: unknown = JSON.parse(body)
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
}
