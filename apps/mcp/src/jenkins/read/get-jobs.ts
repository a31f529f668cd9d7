import { z } from 'zod'
import { optional } from '../../input/parameter.ts'
import { integer } from '../../input/reader.ts'
import { apiPath } from '../../jenkins-http/job-path.ts'
import { answerText } from '../shared/answer-text.ts'
import { defineTool } from '../shared/define-tool.ts'
import { addressOf, apiUrl, credentialsRef } from '../shared/params.ts'
import { readJson } from '../shared/read-json.ts'

export const jenkinsGetJobs = defineTool({
  name: 'jenkins_get_jobs',
  title: 'Jenkins: List Jobs',
  description: 'List the jobs and folders at the top of a Jenkins, page by page.',
  changes: 'nothing',
  idempotent: true,
  openWorld: true,
  input: z.object({
    api_url: apiUrl,
    credentials_ref: credentialsRef,
    start: optional('start', integer(0, 1_000_000), 0),
    limit: optional('limit', integer(1, 100), 50),
  }),
  async run(args, { jenkins, settings }) {
    const connection = await jenkins(addressOf(args))
    const { start, limit } = args
    const fields = `jobs[name,url,color,_class]{${start},${start + limit}}`
    const { answer, body } = await readJson(connection, apiPath('', fields), 'the list of jobs')
    const jobs = Array.isArray(body.jobs) ? body.jobs : []
    const next = jobs.length === limit ? { next_start: start + limit } : {}
    return { ...answerText(answer, { jobs, ...next }, settings), returned_items: jobs.length }
  },
})
