import type { Element } from '@xmldom/xmldom'
import { z } from 'zod'
import { isRecord } from '../../effect/is-record.ts'
import { requireSuccess } from '../../jenkins-http/jenkins-answer.ts'
import { apiPath, jobPath } from '../../jenkins-http/job-path.ts'
import { answerText } from '../shared/answer-text.ts'
import { elementsOf, parseConfigXml, textOf } from '../shared/config-xml.ts'
import { defineTool } from '../shared/define-tool.ts'
import { addressOf, apiUrl, credentialsRef, job } from '../shared/params.ts'
import { readJson } from '../shared/read-json.ts'

type Scm = {
  type: string
  url?: string
  branches: readonly string[]
  credentialsId?: string
  scriptPath?: string
  lightweight?: boolean
  /** Bytes of a pipeline that stands in the job itself. */
  inlineScriptBytes?: number
}

export const jenkinsGetJobScm = defineTool({
  name: 'jenkins_get_job_scm',
  title: 'Jenkins: Get Job SCM',
  description: 'Show which repository, branches and pipeline file a job is built from.',
  changes: 'nothing',
  idempotent: true,
  openWorld: true,
  input: z.object({ api_url: apiUrl, jobFullName: job, credentials_ref: credentialsRef }),
  async run(args, { jenkins, settings }) {
    const connection = await jenkins(addressOf(args))
    const what = `source of ${args.jobFullName.full}`
    const { answer, body } = await readJson(connection, apiPath(jobPath(args.jobFullName), '_class,scm[*]'), what)
    const found = scmInJson(body)
    if (found !== undefined) return answerText(answer, found, settings)
    const config = await connection.get(`${jobPath(args.jobFullName)}/config.xml`)
    requireSuccess(config, what)
    return answerText(config, scmInXml(parseConfigXml(config.body)), settings)
  },
})

/** Undefined where the API does not tell where the source is. */
function scmInJson({ scm }: Readonly<Record<string, unknown>>): Scm | undefined {
  if (!isRecord(scm)) return undefined
  const remotes = Array.isArray(scm.userRemoteConfigs) ? scm.userRemoteConfigs.filter(isRecord) : []
  const [remote] = remotes
  if (typeof remote?.url !== 'string') return undefined
  const branches = Array.isArray(scm.branches) ? scm.branches.filter(isRecord).map(({ name }) => String(name)) : []
  return {
    type: typeName(String(scm._class ?? '')),
    url: remote.url,
    branches,
    ...(typeof remote.credentialsId === 'string' && { credentialsId: remote.credentialsId }),
  }
}

function scmInXml(config: Element): Scm {
  const [scm] = [...elementsOf(config, 'scm'), ...elementsOf(config, 'source')]
  const [definition] = elementsOf(config, 'definition')
  const script = definition === undefined ? undefined : textOf(definition, 'script')
  const scriptPath = textOf(config, 'scriptPath')
  const lightweight = textOf(config, 'lightweight')
  const url = scm === undefined ? undefined : (textOf(scm, 'url') ?? textOf(scm, 'remote'))
  const credentialsId = scm === undefined ? undefined : textOf(scm, 'credentialsId')
  const branches = scm === undefined ? [] : elementsOf(scm, 'hudson.plugins.git.BranchSpec')
  return {
    type: scm === undefined ? 'none' : typeName(scm.getAttribute('class') ?? ''),
    ...(url !== undefined && { url }),
    branches: branches.flatMap((branch) => textOf(branch, 'name') ?? []),
    ...(credentialsId !== undefined && { credentialsId }),
    ...(scriptPath !== undefined && { scriptPath }),
    ...(lightweight !== undefined && { lightweight: lightweight === 'true' }),
    ...(script !== undefined && { inlineScriptBytes: Buffer.byteLength(script) }),
  }
}

/** `git`, `svn`, `none`. */
function typeName(className: string): string {
  if (/git/i.test(className)) return 'git'
  if (/subversion|svn/i.test(className)) return 'svn'
  return className === '' || /NullSCM/.test(className) ? 'none' : className
}
