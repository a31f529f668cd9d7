import { z } from 'zod'
import { apiPath } from '../../jenkins-http/job-path.ts'
import { answerText } from '../shared/answer-text.ts'
import { defineTool } from '../shared/define-tool.ts'
import { addressOf, apiUrl, credentialsRef } from '../shared/params.ts'
import { readJson } from '../shared/read-json.ts'

const ofNode = 'displayName,offline,temporarilyOffline,offlineCauseReason,idle,numExecutors,assignedLabels[name]'

export const jenkinsListNodes = defineTool({
  name: 'jenkins_list_nodes',
  title: 'Jenkins: List Nodes',
  description: 'List the nodes that builds run on: executors, labels, which are offline and why.',
  group: 'jenkins-extra',
  changes: 'nothing',
  idempotent: true,
  openWorld: true,
  input: z.object({ api_url: apiUrl, credentials_ref: credentialsRef }),
  async run(args, { jenkins, settings }) {
    const connection = await jenkins(addressOf(args))
    const path = apiPath('/computer', `busyExecutors,totalExecutors,computer[${ofNode}]`)
    const { answer, body } = await readJson(connection, path, 'the nodes')
    const { busyExecutors, totalExecutors } = body
    const nodes = Array.isArray(body.computer) ? body.computer : []
    return { ...answerText(answer, { busyExecutors, totalExecutors, nodes }, settings), total_items: nodes.length }
  },
})
