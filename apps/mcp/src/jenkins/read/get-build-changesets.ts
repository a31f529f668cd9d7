import { z } from 'zod'
import { apiPath, buildPath } from '../../jenkins-http/job-path.ts'
import { answerText } from '../shared/answer-text.ts'
import { defineTool } from '../shared/define-tool.ts'
import { addressOf, apiUrl, buildNumber, buildOf, credentialsRef, job } from '../shared/params.ts'
import { readJson } from '../shared/read-json.ts'

const items = 'kind,items[commitId,author[fullName],msg,date,affectedPaths]'
const fields = `number,url,changeSets[${items}],changeSet[${items}]`

export const jenkinsGetBuildChangesets = defineTool({
  name: 'jenkins_get_build_changesets',
  title: 'Jenkins: Get Build Change Sets',
  description: 'List the commits that are new in a build.',
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
    const { number, url, changeSet, changeSets } = body
    // A freestyle job has one, a pipeline a list of them.
    const sets = [...(Array.isArray(changeSets) ? changeSets : []), ...(changeSet === undefined ? [] : [changeSet])]
    return answerText(answer, { number, url, changeSets: sets }, settings)
  },
})
