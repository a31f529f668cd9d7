import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type JenkinsServer, startJenkinsServer } from '@fairlead/testing/jenkins/jenkins-server'
import { newBuild } from '@fairlead/testing/jenkins/jenkins-state'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { jobName } from '../input/jenkins.ts'
import { AnswerLost } from '../target/answer-lost.ts'
import { ToolError } from '../tool/tool-error.ts'
import { requireSuccess } from './jenkins-answer.ts'
import { connectJenkins } from './jenkins-connection.ts'
import { apiPath, buildPath, jobPath } from './job-path.ts'

let jenkins: JenkinsServer
let ending: AbortController
beforeEach(async () => {
  jenkins = await startJenkinsServer({ prefix: '/ci' })
  jenkins.addJob('shop/web build', { builds: [newBuild(7, { building: false, result: 'FAILURE' })] })
  ending = new AbortController()
})
afterEach(async () => {
  ending.abort()
  await jenkins[Symbol.asyncDispose]()
})

const job = jobName('jobFullName', 'shop/web build')
const connect = (token = jenkins.user.token) =>
  connectJenkins({ url: jenkins.url, username: jenkins.user.name, token, isInsecure: false }, ending)
const refusalOf = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    () => new Error('it was not refused'),
    (thrown: unknown) => thrown,
  )
  if (error instanceof ToolError) return error.text
  if (error instanceof AnswerLost) return `AnswerLost: ${error.message}`
  throw error
}

describe('a read', () => {
  it('goes below the path of the server, every part encoded, as the user of the integration', async () => {
    const { body } = await connect().get(apiPath(jobPath(job), 'name,color'))
    expect(JSON.parse(body)).toMatchObject({ name: 'web build', color: 'red' })
    const [seen] = jenkins.requests
    expect(seen?.path).toBe('/ci/job/shop/job/web%20build/api/json?tree=name%2Ccolor')
    expect(Buffer.from(seen?.authorization?.slice('Basic '.length) ?? '', 'base64').toString()).toBe(
      `${jenkins.user.name}:${jenkins.user.token}`,
    )
  })

  it('follows a redirect within the server, and none to another origin, another path or a login', async () => {
    const stranger = createServer((request, response) => response.end(request.headers.authorization ?? 'nothing'))
    await once(stranger.listen(0, '127.0.0.1'), 'listening')
    const elsewhere = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}/job/x`
    for (const [location, why] of [
      [elsewhere, 'Refused: Jenkins redirects to another server'],
      ['/other/job/x', 'Refused: Jenkins redirects to another server'],
      ['//evil.example/ci/job', 'Refused: Jenkins redirects to another server'],
      ['/ci/login?from=%2Fci', 'Unauthorized: Jenkins asks for a login'],
      ['/ci/securityRealm/commenceLogin', 'Unauthorized: Jenkins asks for a login'],
    ] as const) {
      jenkins.faults = { redirectsTo: location }
      expect(await refusalOf(connect().get('/api/json')), location).toContain(why)
    }
    jenkins.faults = { redirectsTo: '/ci/again' }
    expect(await refusalOf(connect().get('/api/json'))).toBe('Upstream: Jenkins redirects without an end.')
    stranger.close()
  })

  it('says in one sentence what was wrong', async () => {
    const wrong = await connect('wrong').get('/api/json')
    expect(() => requireSuccess(wrong, 'jobs')).toThrow('does not accept the credentials of the integration (jobs)')
    const missing = await connect().get('/job/nope/api/json')
    expect(() => requireSuccess(missing, 'job nope')).toThrow('or its user may not see it (job nope)')
    const gone = connectJenkins(
      { ...jenkins.user, username: 'a', url: 'http://127.0.0.1:1', isInsecure: false },
      ending,
    )
    expect(await refusalOf(gone.get('/api/json'))).toBe('Unavailable: Jenkins cannot be reached (ECONNREFUSED).')
  })
})

describe('a write', () => {
  const build = `${jobPath(job)}/build`

  it('carries the crumb of its session, and none where none is asked for', async () => {
    expect((await connect().post(build, {})).status).toBe(201)
    expect(jenkins.requests.at(-1)?.crumb).toMatch(/^[0-9a-f]{32}$/)
    jenkins.needsCrumb = false
    expect((await connect().post(build, {})).status).toBe(201)
    expect(jenkins.requests.at(-1)?.crumb).toBeUndefined()
    expect(jenkins.queue).toHaveLength(2)
  })

  it('is sent once more with a new crumb where the first one is rejected, and never a third time', async () => {
    jenkins.faults = { forgetsCrumbs: true }
    expect((await connect().post(build, {})).status).toBe(201)
    expect(jenkins.queue).toHaveLength(1)
    jenkins.faults = { refusesWith: 500 }
    expect((await connect().post(build, {})).status).toBe(500)
    expect(jenkins.requests.filter(({ method }) => method === 'POST')).toHaveLength(3)
  })

  it('whose answer is lost was perhaps done; one that found nobody was not', async () => {
    jenkins.faults = { losesAnswers: true }
    expect(await refusalOf(connect().post(build, {}))).toContain('AnswerLost: the answer of Jenkins was lost')
    expect(jenkins.queue).toHaveLength(1)
    const { url } = jenkins
    await jenkins[Symbol.asyncDispose]()
    const gone = connectJenkins({ url, username: 'a', token: 'b', isInsecure: false }, ending)
    expect(await refusalOf(gone.post(build, {}))).toBe('Unavailable: Jenkins cannot be reached (ECONNREFUSED).')
  })
})

it('builds have their numbers below their jobs', () => {
  expect(buildPath(job, 'lastBuild')).toBe('/job/shop/job/web%20build/lastBuild')
})
