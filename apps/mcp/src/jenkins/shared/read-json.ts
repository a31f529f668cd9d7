import { type JenkinsAnswer, requireSuccess } from '../../jenkins-http/jenkins-answer.ts'
import type { JenkinsConnection } from '../../jenkins-http/jenkins-connection.ts'
import { ToolError } from '../../tool/tool-error.ts'
import { parsedBody } from './answer-text.ts'

/** An answer and what it says in JSON. Throws ToolError for what is no success, or no JSON. `missing`: why there may be nothing. */
export async function readJson(
  connection: Pick<JenkinsConnection, 'get'>,
  path: string,
  what: string,
  { missing }: { missing?: string } = {},
): Promise<{ answer: JenkinsAnswer; body: Record<string, unknown> }> {
  const answer = await connection.get(path)
  if (answer.status === 404 && missing !== undefined)
    throw new ToolError('NotFound', `Jenkins has nothing there (${what}).`, { hint: missing })
  requireSuccess(answer, what)
  try {
    return { answer, body: parsedBody(answer) }
  } catch (cause) {
    throw new ToolError('Upstream', `Jenkins has answered no JSON (${what}).`, { cause })
  }
}
