import { z } from 'zod'
import { apiPath } from '../../jenkins-http/job-path.ts'
import { answerText, parsedBody } from '../shared/answer-text.ts'
import { defineTool } from '../shared/define-tool.ts'
import { addressOf, apiUrl, credentialsRef } from '../shared/params.ts'
import { readJson } from '../shared/read-json.ts'

export const jenkinsWhoami = defineTool({
  name: 'jenkins_whoami',
  title: 'Jenkins: Who Am I',
  description: 'Show as which user Jenkins is asked, and the groups of it.',
  changes: 'nothing',
  idempotent: true,
  openWorld: true,
  input: z.object({ api_url: apiUrl, credentials_ref: credentialsRef }),
  async run(args, { jenkins, settings }) {
    const connection = await jenkins(addressOf(args))
    const { answer, body } = await readJson(connection, apiPath('/me', 'id,fullName'), 'the user')
    const more = await connection.get('/whoAmI/api/json')
    const { authorities } = more.status === 200 ? parsedBody(more) : {}
    return answerText(
      answer,
      { id: body.id, fullName: body.fullName, ...(Array.isArray(authorities) && { authorities }) },
      settings,
    )
  },
})
