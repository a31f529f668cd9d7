import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { KubeObject } from '../../effect/kube-object.ts'
import { requireDone } from '../../jenkins-http/jenkins-answer.ts'
import { JENKINS_API_VERSION, type JenkinsPlan } from '../../jenkins-http/jenkins-plan.ts'
import { apiPath, buildPath } from '../../jenkins-http/job-path.ts'
import { defineTool } from '../shared/define-tool.ts'
import { addressOf, anyBuild, apiUrl, credentialsRef, job } from '../shared/params.ts'
import { readJson } from '../shared/read-json.ts'

const fields = 'number,result,building,url'
const PATIENCE_MS = 10_000
const POLL_MS = 500

export const jenkinsStopBuild = defineTool({
  name: 'jenkins_stop_build',
  title: 'Jenkins: Stop Build',
  description: 'Stop a build that runs; what it has done so far stays done.',
  changes: 'write',
  idempotent: true,
  openWorld: true,
  input: z.object({ api_url: apiUrl, jobFullName: job, credentials_ref: credentialsRef, build: anyBuild }),
  async plan(args, context): Promise<JenkinsPlan> {
    const address = addressOf(args)
    const { full } = args.jobFullName
    const connection = await context.jenkins(address)
    const what = `build ${args.build} of ${full}`
    const { body } = await readJson(connection, apiPath(buildPath(args.jobFullName, args.build), fields), what)
    const { number, result, building } = body
    // The newest build may be another one by the time it is stopped.
    const path = buildPath(args.jobFullName, String(number))
    const isRunning = building === true
    const after = isRunning ? { building: false } : { building }
    const objectOf = (state: object): KubeObject => ({
      apiVersion: JENKINS_API_VERSION,
      kind: 'JenkinsBuild',
      metadata: { name: `${full} #${String(number)}` },
      ...state,
    })
    const idle = `build ${String(number)} of ${full} cannot be stopped (result: ${String(result ?? 'none')})`
    return {
      pins: { build: number },
      objects: [
        {
          plan: async () => ({
            ref: {
              cluster: '',
              apiVersion: JENKINS_API_VERSION,
              kind: 'JenkinsBuild',
              name: `${full} #${String(number)}`,
            },
            action: 'update',
            before: objectOf({ building }),
            after: objectOf(after),
            basis: 'external',
            address,
            async act(jenkins) {
              requireDone(await jenkins.post(`${path}/stop`, {}), what)
            },
          }),
        },
      ],
      summary: () => (isRunning ? `Stop build ${String(number)} of ${full}` : idle),
      undo: () => ({ impossible: isRunning ? 'a build that was stopped does not go on' : 'nothing changes' }),
      report: () => (isRunning ? `build ${String(number)} of ${full} is told to stop` : idle),
      settle: async () => {
        if (!isRunning) return { output: idle, data: { building: false, result, stopped: false } }
        const until = performance.now() + PATIENCE_MS
        for (;;) {
          const { body: now } = await readJson(connection, apiPath(path, fields), what)
          const stopped = now.building !== true
          if (stopped || performance.now() >= until) {
            const state = { building: now.building, result: now.result, stopped }
            return { output: JSON.stringify(state), data: { ...state, done: stopped } }
          }
          await sleep(POLL_MS, undefined, { signal: context.signal })
        }
      },
    }
  },
})
