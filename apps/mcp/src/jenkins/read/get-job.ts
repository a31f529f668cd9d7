import { z } from 'zod'
import { apiPath, jobPath } from '../../jenkins-http/job-path.ts'
import { answerText } from '../shared/answer-text.ts'
import { defineTool } from '../shared/define-tool.ts'
import { addressOf, apiUrl, credentialsRef, job, tree } from '../shared/params.ts'
import { readJson } from '../shared/read-json.ts'

export const jenkinsGetJob = defineTool({
  name: 'jenkins_get_job',
  title: 'Jenkins: Get Job',
  description: 'Show fields of a job or folder, chosen by tree. For its builds use jenkins_get_last_builds.',
  changes: 'nothing',
  idempotent: true,
  openWorld: true,
  input: z.object({ api_url: apiUrl, jobFullName: job, credentials_ref: credentialsRef, tree: tree('name,url,color') }),
  async run(args, { jenkins, settings }) {
    const connection = await jenkins(addressOf(args))
    const { answer, body } = await readJson(
      connection,
      apiPath(jobPath(args.jobFullName), args.tree),
      `job ${args.jobFullName.full}`,
    )
    return answerText(answer, body, settings)
  },
})
