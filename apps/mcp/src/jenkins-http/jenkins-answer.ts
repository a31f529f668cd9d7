import { AnswerLost } from '../target/answer-lost.ts'
import { ToolError } from '../tool/tool-error.ts'

/** What Jenkins has answered. Names of headers are lower-case. */
export type JenkinsAnswer = {
  status: number
  headers: Readonly<Record<string, string>>
  body: string
  /** A write was answered with the way to another server, or with none. Jenkins may have done it, or somebody before Jenkins has answered. */
  leadsElsewhere?: boolean
}

/** The same as `requireSuccess` for a write that nothing but its answer tells of. Throws AnswerLost where that is not enough. */
export function requireDone(answer: JenkinsAnswer, what: string): void {
  requireSuccess(answer, what)
  if (answer.leadsElsewhere === true)
    throw new AnswerLost(`the answer leads to no place of Jenkins: whether it has done that is not known (${what})`)
}

/** Throws ToolError for an answer that is no success. `what`: what was asked for, in a sentence. */
export function requireSuccess({ status, body }: JenkinsAnswer, what: string): void {
  if (status < 400) return
  if (status === 401)
    throw new ToolError('Unauthorized', `Jenkins does not accept the credentials of the integration (${what}).`, {
      hint: 'An administrator renews the API token under Integrations.',
    })
  if (status === 403) {
    const permission = /is missing the ([\w/]+) permission/.exec(body)?.[1]
    const lacks = permission === undefined ? 'may not do this' : `lacks the permission ${permission}`
    throw new ToolError('Forbidden', `the Jenkins user of the integration ${lacks} (${what}).`)
  }
  if (status === 404)
    throw new ToolError('NotFound', `Jenkins has nothing there, or its user may not see it (${what}).`)
  if (status === 409) throw new ToolError('Conflict', `Jenkins says that it cannot be built now (${what}).`)
  throw new ToolError('Upstream', `Jenkins answered with status ${status} (${what}).`)
}
