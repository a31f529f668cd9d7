import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { optional } from '../../input/parameter.ts'
import { integer } from '../../input/reader.ts'
import { type JenkinsAnswer, requireSuccess } from '../../jenkins-http/jenkins-answer.ts'
import type { JenkinsConnection } from '../../jenkins-http/jenkins-connection.ts'
import { buildPath } from '../../jenkins-http/job-path.ts'
import { redactText } from '../../output/redact.ts'
import type { ToolResult } from '../../tool/define-tool.ts'
import { defineTool } from '../shared/define-tool.ts'
import { addressOf, apiUrl, buildNumber, buildOf, credentialsRef, job } from '../shared/params.ts'

const input = z.object({
  api_url: apiUrl,
  jobFullName: job,
  credentials_ref: credentialsRef,
  build: buildNumber,
  start: optional('start', integer(0, 2_147_483_647), 0),
  tail_bytes: optional('tail_bytes', integer(1, 1_000_000), null),
  follow_seconds: optional('follow_seconds', integer(0, 270), 0),
})

type Args = z.output<typeof input>

const POLL_MS = 1_000

export const jenkinsGetBuildLog = defineTool({
  name: 'jenkins_get_build_log',
  title: 'Jenkins: Get Build Log',
  description: 'Show the console output of a build: the newest part of a long one, or what follows start.',
  changes: 'nothing',
  idempotent: true,
  openWorld: true,
  input,
  seconds: ({ follow_seconds }) => follow_seconds + 30,
  async run(args, { jenkins, settings, progress, signal }): Promise<ToolResult> {
    const connection = await jenkins(addressOf(args))
    const path = `${buildPath(args.jobFullName, buildOf(args.build))}/logText/progressiveText`
    const what = `log of build ${buildOf(args.build)} of ${args.jobFullName.full}`
    const read = async (start: number): Promise<JenkinsAnswer> => {
      const answer = await connection.get(`${path}?start=${start}`)
      requireSuccess(answer, what)
      return answer
    }
    const most = args.tail_bytes ?? settings.maxOutputChars
    const first = await read(await startOf(args, most, { connection, path }))
    const followed = await follow(first, args, { read, progress, signal })
    const text = redactText(withoutNotes(followed.text))
    const size = Number(followed.answer.headers['x-text-size'] ?? text.length)
    const hasMore = followed.answer.headers['x-more-data'] === 'true'
    const { kept, cut } = cutTo(text, most, args.start > 0)
    const next = args.start > 0 && cut ? args.start + Buffer.byteLength(kept) : size
    return {
      output: kept === '' ? 'No output in this part of the log.' : kept,
      truncated: cut || followed.isTail,
      data: { next_start: next, size, more: hasMore },
    }
  },
})

/** From the beginning a long log is read from near its end alone. */
async function startOf(
  { start }: Args,
  most: number,
  { connection, path }: { connection: Pick<JenkinsConnection, 'size'>; path: string },
): Promise<number> {
  if (start > 0) return start
  const size = await connection.size(`${path}?start=0`)
  return size === undefined || size <= most ? 0 : size - most
}

type Following = {
  read(start: number): Promise<JenkinsAnswer>
  progress(stream: 'stdout', text: string): void
  signal: AbortSignal
}

async function follow(
  first: JenkinsAnswer,
  { follow_seconds }: Args,
  { read, progress, signal }: Following,
): Promise<{ text: string; answer: JenkinsAnswer; isTail: boolean }> {
  const until = performance.now() + follow_seconds * 1000
  let answer = first
  let text = first.body
  while (answer.headers['x-more-data'] === 'true' && performance.now() < until) {
    await sleep(POLL_MS, undefined, { signal })
    answer = await read(Number(answer.headers['x-text-size'] ?? 0))
    if (answer.body !== '') progress('stdout', withoutNotes(answer.body))
    text += answer.body
  }
  const size = Number(first.headers['x-text-size'] ?? 0)
  return { text, answer, isTail: Buffer.byteLength(first.body) < size }
}

/** What Jenkins hides in the text for its own page. */
function withoutNotes(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the notes begin and end with escape sequences.
  return text.replace(/\u001b\[8mha:[^\u001b]*\u001b\[0m/g, '')
}

/** The newest part, or the oldest where the reader goes on from there. */
function cutTo(text: string, most: number, isFromStart: boolean): { kept: string; cut: boolean } {
  if (text.length <= most) return { kept: text, cut: false }
  if (isFromStart) return { kept: text.slice(0, text.lastIndexOf('\n', most) + 1 || most), cut: true }
  const tail = text.slice(text.length - most)
  return { kept: tail.slice(tail.indexOf('\n') + 1), cut: true }
}
