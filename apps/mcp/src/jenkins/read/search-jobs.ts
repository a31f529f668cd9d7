import { z } from 'zod'
import { keyword } from '../../input/free-text.ts'
import { optional, required } from '../../input/parameter.ts'
import { integer, text } from '../../input/reader.ts'
import { apiPath } from '../../jenkins-http/job-path.ts'
import { answerText } from '../shared/answer-text.ts'
import { defineTool } from '../shared/define-tool.ts'
import { addressOf, apiUrl, credentialsRef } from '../shared/params.ts'
import { readJson } from '../shared/read-json.ts'

/** Folders within folders that are looked through. */
const LEVELS = 5

export const jenkinsSearchJobs = defineTool({
  name: 'jenkins_search_jobs',
  title: 'Jenkins: Search Jobs',
  description:
    'Find jobs by a part of their full name, in all folders. The fullName is what other tools take as jobFullName.',
  group: 'jenkins-extra',
  changes: 'nothing',
  idempotent: true,
  openWorld: true,
  input: z.object({
    api_url: apiUrl,
    keyword: required('keyword', text(keyword)),
    credentials_ref: credentialsRef,
    limit: optional('limit', integer(1, 100), 50),
  }),
  async run(args, { jenkins, settings }) {
    const connection = await jenkins(addressOf(args))
    const { answer, body } = await readJson(connection, apiPath('', fieldsOf(LEVELS)), 'the jobs')
    const word = args.keyword.toLowerCase()
    const found = jobsIn(body).filter(({ fullName }) => fullName.toLowerCase().includes(word))
    const jobs = found.slice(0, args.limit)
    return {
      ...answerText(answer, { found: found.length, jobs }, settings),
      total_items: found.length,
      returned_items: jobs.length,
    }
  },
})

function fieldsOf(levels: number): string {
  const deeper = levels > 1 ? `,${fieldsOf(levels - 1)}` : ''
  return `jobs[_class,fullName,url,color${deeper}]`
}

type Job = { _class?: string; fullName: string; url?: string; color?: string }

/** A folder, and then what is in it. */
function jobsIn({ jobs }: { jobs?: unknown }): Job[] {
  if (!Array.isArray(jobs)) return []
  return (jobs as (Job & { jobs?: unknown })[]).flatMap(({ jobs: inner, ...job }) => [job, ...jobsIn({ jobs: inner })])
}
