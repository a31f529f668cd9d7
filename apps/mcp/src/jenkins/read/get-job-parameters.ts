import type { Element } from '@xmldom/xmldom'
import { z } from 'zod'
import { requireSuccess } from '../../jenkins-http/jenkins-answer.ts'
import { apiPath, jobPath } from '../../jenkins-http/job-path.ts'
import { answerText } from '../shared/answer-text.ts'
import { elementsOf, parseConfigXml, textOf } from '../shared/config-xml.ts'
import { defineTool } from '../shared/define-tool.ts'
import { isSecret, type JobParameter, parameterFields, parametersIn, typeOf } from '../shared/job-parameters.ts'
import { addressOf, apiUrl, credentialsRef, job, verifiesTls } from '../shared/params.ts'
import { readJson } from '../shared/read-json.ts'

export const jenkinsGetJobParameters = defineTool({
  name: 'jenkins_get_job_parameters',
  title: 'Jenkins: Get Job Parameters',
  description:
    'List the parameters that a job is built with, with defaults and choices. Read them before jenkins_trigger_build.',
  changes: 'nothing',
  idempotent: true,
  openWorld: true,
  input: z.object({ api_url: apiUrl, jobFullName: job, credentials_ref: credentialsRef, verify: verifiesTls }),
  async run(args, { jenkins, settings }) {
    const connection = await jenkins(addressOf(args))
    const what = `parameters of ${args.jobFullName.full}`
    const { answer, body } = await readJson(connection, apiPath(jobPath(args.jobFullName), parameterFields), what)
    const found = parametersIn(body)
    if (found.length > 0) return answerText(answer, { parameters: found.map(readable) }, settings)
    const config = await connection.get(`${jobPath(args.jobFullName)}/config.xml`)
    // Who may not see the configuration learns no more than the API tells.
    if (config.status === 403 || config.status === 404) return answerText(answer, { parameters: [] }, settings)
    requireSuccess(config, what)
    return answerText(answer, { parameters: parametersOf(parseConfigXml(config.body)).map(readable) }, settings)
  },
})

function readable(parameter: JobParameter): JobParameter {
  return isSecret(parameter) && parameter.default !== undefined ? { ...parameter, default: '***' } : parameter
}

function parametersOf(config: Element): JobParameter[] {
  const [definitions] = elementsOf(config, 'parameterDefinitions')
  const elements = definitions === undefined ? [] : Array.from(definitions.childNodes)
  return elements
    .filter((node): node is Element => node.nodeType === 1)
    .map((element): JobParameter => {
      const [list] = elementsOf(element, 'a')
      const choices = list === undefined ? [] : elementsOf(list, 'string').map(({ textContent }) => textContent ?? '')
      const value = textOf(element, 'defaultValue')
      return {
        name: textOf(element, 'name') ?? '',
        type: typeOf(element.tagName),
        description: textOf(element, 'description') ?? '',
        ...(value !== undefined && { default: value }),
        ...(choices.length > 0 && { choices }),
      }
    })
}
