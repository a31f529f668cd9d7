import { z } from 'zod'
import { buildPath } from '../../jenkins-http/job-path.ts'
import { answerText } from '../shared/answer-text.ts'
import { defineTool } from '../shared/define-tool.ts'
import { addressOf, apiUrl, buildNumber, buildOf, credentialsRef, job } from '../shared/params.ts'
import { readJson } from '../shared/read-json.ts'

type Stage = Readonly<Record<string, unknown>>

const fields = ['id', 'name', 'status', 'startTimeMillis', 'durationMillis', 'pauseDurationMillis', 'execNode', 'error']

export const jenkinsGetPipelineStages = defineTool({
  name: 'jenkins_get_pipeline_stages',
  title: 'Jenkins: Get Pipeline Stages',
  description:
    'List the stages of a Pipeline build with status, duration and error. For the output use jenkins_get_build_log.',
  group: 'jenkins-extra',
  changes: 'nothing',
  idempotent: true,
  openWorld: true,
  input: z.object({ api_url: apiUrl, jobFullName: job, credentials_ref: credentialsRef, build: buildNumber }),
  async run(args, { jenkins, settings }) {
    const connection = await jenkins(addressOf(args))
    const build = buildOf(args.build)
    const path = `${buildPath(args.jobFullName, build)}/wfapi/describe`
    const { answer, body } = await readJson(connection, path, `stages of build ${build} of ${args.jobFullName.full}`, {
      missing: 'Only a Pipeline has stages, and Jenkins needs the plugin "Pipeline: REST API" to tell of them.',
    })
    const stages = (Array.isArray(body.stages) ? (body.stages as Stage[]) : []).map((stage) =>
      Object.fromEntries(fields.flatMap((field) => (stage[field] === undefined ? [] : [[field, stage[field]]]))),
    )
    const { id, status, durationMillis } = body
    return answerText(answer, { build: id, status, durationMillis, stages }, settings)
  },
})
