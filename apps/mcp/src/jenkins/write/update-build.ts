import { z } from 'zod'
import type { KubeObject } from '../../effect/kube-object.ts'
import { InvalidInput } from '../../input/invalid-input.ts'
import { optional } from '../../input/parameter.ts'
import { hasControlCharacter } from '../../input/plain-word.ts'
import { text } from '../../input/reader.ts'
import { requireDone } from '../../jenkins-http/jenkins-answer.ts'
import { JENKINS_API_VERSION, type JenkinsPlan } from '../../jenkins-http/jenkins-plan.ts'
import { apiPath, buildPath } from '../../jenkins-http/job-path.ts'
import { defineTool } from '../shared/define-tool.ts'
import { addressOf, apiUrl, buildNumber, buildOf, credentialsRef, job } from '../shared/params.ts'
import { readJson } from '../shared/read-json.ts'

const fields = 'number,displayName,description'

export const jenkinsUpdateBuild = defineTool({
  name: 'jenkins_update_build',
  title: 'Jenkins: Update Build',
  description: 'Set the display name or the description of a build.',
  changes: 'write',
  idempotent: true,
  openWorld: true,
  input: z.object({
    api_url: apiUrl,
    jobFullName: job,
    credentials_ref: credentialsRef,
    build: buildNumber,
    displayName: optional('displayName', text(displayName), null),
    description: optional('description', text(description), null),
  }),
  async plan(args, context): Promise<JenkinsPlan> {
    if (args.displayName === null && args.description === null)
      throw new InvalidInput('displayName or description must be given.')
    const address = addressOf(args)
    const { full } = args.jobFullName
    const connection = await context.jenkins(address)
    const what = `build ${buildOf(args.build)} of ${full}`
    const { body } = await readJson(connection, apiPath(buildPath(args.jobFullName, buildOf(args.build)), fields), what)
    const number = String(body.number)
    const path = buildPath(args.jobFullName, number)
    const before = textsOf(body)
    const after = {
      displayName: args.displayName ?? before.displayName,
      description: args.description ?? before.description,
    }
    const objectOf = (texts: object): KubeObject => ({
      apiVersion: JENKINS_API_VERSION,
      kind: 'JenkinsBuild',
      metadata: { name: `${full} #${number}` },
      ...texts,
    })
    const changed = (['displayName', 'description'] as const).filter((key) => before[key] !== after[key])
    return {
      pins: { build: body.number },
      objects: [
        {
          plan: async () => ({
            ref: { cluster: '', apiVersion: JENKINS_API_VERSION, kind: 'JenkinsBuild', name: `${full} #${number}` },
            action: 'update',
            before: objectOf(before),
            after: objectOf(after),
            said: { displayName: args.displayName, description: args.description },
            basis: 'external',
            address,
            async act(jenkins) {
              const answer =
                args.displayName === null
                  ? await jenkins.post(`${path}/submitDescription`, { description: after.description })
                  : await jenkins.post(`${path}/configSubmit`, { json: JSON.stringify(after) })
              requireDone(answer, what)
            },
          }),
        },
      ],
      summary: () =>
        changed.length === 0
          ? `Build ${number} of ${full} has these texts already`
          : `Set the ${changed.map((key) => (key === 'displayName' ? 'display name' : key)).join(' and the ')} of build ${number} of ${full}`,
      undo: () => ({
        tool: 'jenkins_update_build',
        args: {
          jobFullName: full,
          build: body.number,
          ...(args.displayName !== null && { displayName: before.displayName }),
          ...(args.description !== null && { description: before.description }),
        },
      }),
      report: () => `build ${number} of ${full} updated`,
      settle: async () => {
        const { body: now } = await readJson(connection, apiPath(path, fields), what)
        return { output: JSON.stringify(textsOf(now)), data: textsOf(now) }
      },
    }
  },
})

function textsOf({ displayName, description }: Readonly<Record<string, unknown>>) {
  return { displayName: String(displayName ?? ''), description: String(description ?? '') }
}

function displayName(parameter: string, value: string): string {
  if (hasControlCharacter(value))
    throw new InvalidInput(`${parameter} must not contain a newline or another control character.`)
  return atMost(parameter, value, 250)
}

function description(parameter: string, value: string): string {
  if (value.includes('\0')) throw new InvalidInput(`${parameter} must not contain NUL.`)
  return atMost(parameter, value, 65_536)
}

function atMost(parameter: string, value: string, most: number): string {
  if (value.length <= most) return value
  throw new InvalidInput(`${parameter} has ${value.length} characters. At most ${most} are allowed.`)
}
