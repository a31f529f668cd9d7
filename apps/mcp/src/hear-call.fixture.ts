import {
  metaKeys,
  type ProgressNotice,
  progressNotice,
  type ToolAnswer,
  toolAnswer,
} from '@fairlead/contract/tool-meta'
import { postCall } from './post-message.fixture.ts'

export type Heard = { notices: (ProgressNotice & { at: number })[]; answer: ToolAnswer }

/** A call at 2026-07-28 with every message of its answer; `at` is when a notice came, in ms. */
export async function hearCall(
  url: string | undefined,
  call: { name: string; arguments: object; _meta?: object },
): Promise<Heard> {
  const { body } = await postCall(url, call)
  const notices: Heard['notices'] = []
  let answer: ToolAnswer | undefined
  const take = (line: string) => {
    const text = line.startsWith('data: ') ? line.slice(6) : line
    if (!text.startsWith('{')) return
    const { params, result } = JSON.parse(text)
    const notice = params?._meta?.[metaKeys.progress]
    if (notice !== undefined) notices.push({ ...progressNotice.parse(notice), at: performance.now() })
    if (result !== undefined) answer = toolAnswer.parse(result.structuredContent)
  }
  let rest = ''
  for await (const chunk of body.setEncoding('utf8')) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) take(line)
  }
  take(rest)
  if (answer === undefined) throw new Error('the answer ended without a result')
  return { notices, answer }
}
