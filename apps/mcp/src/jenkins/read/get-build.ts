import { z } from 'zod'
import { apiPath, buildPath } from '../../jenkins-http/job-path.ts'
import { answerText } from '../shared/answer-text.ts'
import { defineTool } from '../shared/define-tool.ts'
import { addressOf, anyBuild, apiUrl, credentialsRef, job, tree } from '../shared/params.ts'
import { readJson } from '../shared/read-json.ts'

export const jenkinsGetBuild = defineTool({
  name: 'jenkins_get_build',
  title: 'Jenkins: Get Build',
  description: 'Show fields of a build, chosen by tree. For its output use jenkins_get_build_log.',
  changes: 'nothing',
  idempotent: true,
  openWorld: true,
  input: z.object({
    api_url: apiUrl,
    jobFullName: job,
    credentials_ref: credentialsRef,
    build: anyBuild,
    tree: tree('number,result,timestamp,url'),
  }),
  async run(args, { jenkins, settings }) {
    const connection = await jenkins(addressOf(args))
    const path = apiPath(buildPath(args.jobFullName, args.build), args.tree)
    const { answer, body } = await readJson(connection, path, `build ${args.build} of ${args.jobFullName.full}`)
    return answerText(answer, body, settings)
  },
})
