import { z } from 'zod'
import { apiPath, buildPath } from '../../jenkins-http/job-path.ts'
import { answerText } from '../shared/answer-text.ts'
import { defineTool } from '../shared/define-tool.ts'
import { addressOf, apiUrl, buildNumber, buildOf, credentialsRef, job } from '../shared/params.ts'
import { readJson } from '../shared/read-json.ts'

const fields = 'number,url,actions[_class,remoteUrls,lastBuiltRevision[SHA1,branch[name,SHA1]]]'

export const jenkinsGetBuildScm = defineTool({
  name: 'jenkins_get_build_scm',
  title: 'Jenkins: Get Build SCM',
  description: 'Show the repositories and revisions that a build was made of.',
  changes: 'nothing',
  idempotent: true,
  openWorld: true,
  input: z.object({ api_url: apiUrl, jobFullName: job, credentials_ref: credentialsRef, build: buildNumber }),
  async run(args, { jenkins, settings }) {
    const connection = await jenkins(addressOf(args))
    const path = apiPath(buildPath(args.jobFullName, buildOf(args.build)), fields)
    const { answer, body } = await readJson(
      connection,
      path,
      `build ${buildOf(args.build)} of ${args.jobFullName.full}`,
    )
    const { number, url, actions } = body
    const scm = (Array.isArray(actions) ? actions : []).filter(isOfScm)
    return answerText(answer, { number, url, actions: scm }, settings)
  },
})

function isOfScm(action: unknown): boolean {
  return typeof action === 'object' && action !== null && ('remoteUrls' in action || 'lastBuiltRevision' in action)
}
