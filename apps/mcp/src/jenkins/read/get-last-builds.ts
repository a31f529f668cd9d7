import { z } from 'zod'
import { optional } from '../../input/parameter.ts'
import { integer } from '../../input/reader.ts'
import { apiPath, jobPath } from '../../jenkins-http/job-path.ts'
import { answerText } from '../shared/answer-text.ts'
import { defineTool } from '../shared/define-tool.ts'
import { addressOf, apiUrl, credentialsRef, job, tree } from '../shared/params.ts'
import { readJson } from '../shared/read-json.ts'

export const jenkinsGetLastBuilds = defineTool({
  name: 'jenkins_get_last_builds',
  title: 'Jenkins: Get Builds',
  description: 'List the newest builds of a job, newest first.',
  changes: 'nothing',
  idempotent: true,
  openWorld: true,
  input: z.object({
    api_url: apiUrl,
    jobFullName: job,
    credentials_ref: credentialsRef,
    count: optional('count', integer(1, 100), 10),
    tree: tree('number,result,timestamp,url,duration'),
  }),
  async run(args, { jenkins, settings }) {
    const connection = await jenkins(addressOf(args))
    const fields = `builds[${args.tree}]{0,${args.count}}`
    const path = apiPath(jobPath(args.jobFullName), fields)
    const { answer, body } = await readJson(connection, path, `builds of ${args.jobFullName.full}`)
    const builds = Array.isArray(body.builds) ? body.builds : []
    return answerText(answer, { jobFullName: args.jobFullName.full, totalBuilds: builds.length, builds }, settings)
  },
})
