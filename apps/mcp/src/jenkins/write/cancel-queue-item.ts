import { z } from 'zod'
import type { KubeObject } from '../../effect/kube-object.ts'
import { required } from '../../input/parameter.ts'
import { integer } from '../../input/reader.ts'
import { requireDone } from '../../jenkins-http/jenkins-answer.ts'
import { JENKINS_API_VERSION, type JenkinsPlan } from '../../jenkins-http/jenkins-plan.ts'
import { apiPath } from '../../jenkins-http/job-path.ts'
import { ToolError } from '../../tool/tool-error.ts'
import { defineTool } from '../shared/define-tool.ts'
import { addressOf, apiUrl, credentialsRef } from '../shared/params.ts'
import { readJson } from '../shared/read-json.ts'

const fields = 'id,cancelled,executable[number],task[fullName,name]'

export const jenkinsCancelQueueItem = defineTool({
  name: 'jenkins_cancel_queue_item',
  title: 'Jenkins: Cancel Queue Item',
  description: 'Take a build out of the queue before it starts. One that runs is stopped by jenkins_stop_build.',
  group: 'jenkins-extra',
  changes: 'write',
  idempotent: true,
  openWorld: true,
  input: z.object({
    api_url: apiUrl,
    queueId: required('queueId', integer(1, 2_147_483_647)),
    credentials_ref: credentialsRef,
  }),
  async plan({ queueId, ...place }, context): Promise<JenkinsPlan> {
    const address = addressOf(place)
    const connection = await context.jenkins(address)
    const what = `queue item ${queueId}`
    const read = async () => {
      const { body } = await readJson(connection, apiPath(`/queue/item/${queueId}`, fields), what, {
        missing: 'Jenkins forgets an item five minutes after it has left the queue.',
      })
      return body as QueueItem
    }
    const item = await read()
    const { executable, cancelled = false } = item
    const job = item.task?.fullName ?? item.task?.name ?? 'a job that Jenkins does not name'
    if (executable?.number !== undefined)
      throw new ToolError('Conflict', `${what} has left the queue: build ${executable.number} of ${job} has started.`, {
        hint: 'jenkins_stop_build stops it.',
      })
    const name = `${job}, queue item ${queueId}`
    const objectOf = (isCancelled: boolean): KubeObject => ({
      apiVersion: JENKINS_API_VERSION,
      kind: 'JenkinsQueueItem',
      metadata: { name },
      cancelled: isCancelled,
    })
    const already = `${what} of ${job} was cancelled already`
    return {
      pins: { queueId },
      objects: [
        {
          plan: async () => ({
            ref: { cluster: '', apiVersion: JENKINS_API_VERSION, kind: 'JenkinsQueueItem', name },
            action: 'update',
            before: objectOf(cancelled),
            after: objectOf(true),
            basis: 'external',
            address,
            async act(jenkins) {
              const answer = await jenkins.post(`/queue/cancelItem?id=${queueId}`, {})
              // Older versions cancel and then have no page to show.
              if (answer.status !== 404) requireDone(answer, what)
            },
          }),
        },
      ],
      summary: () => (cancelled ? already : `Take the build of ${job} out of the queue (${what})`),
      undo: () => ({ impossible: cancelled ? 'nothing changes' : 'a build that was taken out is triggered anew' }),
      report: () => (cancelled ? already : `${what} of ${job} is told to leave the queue`),
      settle: async () => {
        const now = await read()
        const state = { queueId, cancelled: now.cancelled === true, buildNumber: now.executable?.number }
        return { output: JSON.stringify(state), data: { ...state, done: state.cancelled } }
      },
    }
  },
})

type QueueItem = {
  cancelled?: boolean
  executable?: { number?: number } | null
  task?: { fullName?: string; name?: string }
}
