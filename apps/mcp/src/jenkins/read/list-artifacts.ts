import { z } from 'zod'
import { apiPath, buildPath } from '../../jenkins-http/job-path.ts'
import { answerText } from '../shared/answer-text.ts'
import { defineTool } from '../shared/define-tool.ts'
import { addressOf, apiUrl, buildNumber, buildOf, credentialsRef, job } from '../shared/params.ts'
import { readJson } from '../shared/read-json.ts'

export const jenkinsListArtifacts = defineTool({
  name: 'jenkins_list_artifacts',
  title: 'Jenkins: List Artifacts',
  description: 'List the files that a build has archived.',
  group: 'jenkins-extra',
  changes: 'nothing',
  idempotent: true,
  openWorld: true,
  input: z.object({ api_url: apiUrl, jobFullName: job, credentials_ref: credentialsRef, build: buildNumber }),
  async run(args, { jenkins, settings }) {
    const connection = await jenkins(addressOf(args))
    const build = buildOf(args.build)
    const path = apiPath(buildPath(args.jobFullName, build), 'number,url,artifacts[fileName,relativePath]')
    const { answer, body } = await readJson(connection, path, `build ${build} of ${args.jobFullName.full}`)
    const { number, url } = body
    const artifacts = Array.isArray(body.artifacts) ? body.artifacts : []
    return { ...answerText(answer, { number, url, artifacts }, settings), total_items: artifacts.length }
  },
})
