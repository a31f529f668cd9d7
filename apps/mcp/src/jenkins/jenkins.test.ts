import { metaKeys } from '@fairlead/contract/tool/tool-meta'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { type JenkinsServer, startJenkinsServer } from '@fairlead/testing/jenkins/jenkins-server'
import { newBuild } from '@fairlead/testing/jenkins/jenkins-state'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { hearCall } from '../fixtures/hear-call.fixture.ts'
import { startTestMcp, type TestMcp } from '../fixtures/mcp-server.fixture.ts'

let api: ApiServer
let jenkins: JenkinsServer
let mcp: TestMcp
let credentials: string
const name = 'jenkins-cred-0123456789abcdef0123'

beforeAll(async () => {
  api = await sharedApiServer()
  credentials = await api.newNamespace('credentials')
  jenkins = await startJenkinsServer({ prefix: '/ci' })
  await storeSecret(name, { username: jenkins.user.name, 'api-token': jenkins.user.token, url: jenkins.url })
  mcp = await startTestMcp(api.kubeconfig, { env: { INTEGRATIONS_SECRET_NAMESPACE: credentials } })
})
afterAll(async () => {
  await mcp?.close()
  await jenkins?.[Symbol.asyncDispose]()
})
beforeEach(() => {
  jenkins.faults = {}
  jenkins.requests.length = 0
  jenkins.queue.length = 0
  jenkins.jobs.clear()
  jenkins.addJob('shop/web build', {
    parameters: [
      { name: 'VERSION', type: 'String', description: 'what to build', default: '1.0' },
      { name: 'TARGET', type: 'Choice', choices: ['staging', 'production'] },
      { name: 'DRY', type: 'Boolean', default: false },
      { name: 'DEPLOY_PASSWORD', type: 'Password', default: 'hunter2-hunter2' },
    ],
    builds: [
      newBuild(7, {
        building: false,
        result: 'FAILURE',
        log: 'npm test\nAssertionError: expected 3 to be 4\nBuild step failed\n',
      }),
    ],
  })
  jenkins.addJob('docs')
})

async function storeSecret(secret: string, stringData: Record<string, string>, namespace = credentials): Promise<void> {
  const { status } = await api.request('POST', `/api/v1/namespaces/${namespace}/secrets`, {
    metadata: { name: secret },
    type: 'Opaque',
    stringData,
  })
  expect(status).toBe(201)
}

const injected = () => ({ api_url: jenkins.url, credentials_ref: `${credentials}/${name}` })
const job = { jobFullName: 'shop/web build' }
const bodyOf = (output: string) => JSON.parse(output).body
const posts = () => jenkins.requests.filter(({ method }) => method === 'POST')

describe('reads', () => {
  it('tell of jobs, parameters, builds, logs and the user', async () => {
    const call = async (tool: string, args: Record<string, unknown> = {}) => {
      const { output, error } = await mcp.call(tool, { ...injected(), ...args })
      expect(error, output).toBe(false)
      return output
    }
    expect(bodyOf(await call('jenkins_get_jobs')).jobs).toMatchObject([
      { name: 'shop', _class: expect.stringContaining('Folder') },
      { name: 'docs', color: 'notbuilt' },
    ])
    expect(bodyOf(await call('jenkins_get_jobs', { limit: 1 }))).toMatchObject({ next_start: 1 })
    expect(bodyOf(await call('jenkins_get_job', job))).toMatchObject({ name: 'web build', color: 'red' })
    expect(bodyOf(await call('jenkins_get_job_parameters', job)).parameters).toEqual([
      { name: 'VERSION', type: 'string', description: 'what to build', default: '1.0' },
      { name: 'TARGET', type: 'choice', description: '', choices: ['staging', 'production'] },
      { name: 'DRY', type: 'boolean', description: '', default: false },
      { name: 'DEPLOY_PASSWORD', type: 'password', description: '', default: '***' },
    ])
    expect(bodyOf(await call('jenkins_get_last_builds', job))).toMatchObject({
      jobFullName: 'shop/web build',
      totalBuilds: 1,
      builds: [{ number: 7, result: 'FAILURE' }],
    })
    expect(bodyOf(await call('jenkins_get_build', { ...job, build: 'lastFailedBuild' }))).toMatchObject({ number: 7 })
    expect(await call('jenkins_get_build_log', job)).toContain('AssertionError: expected 3 to be 4')
    expect(bodyOf(await call('jenkins_whoami'))).toEqual({
      id: 'deployer',
      fullName: 'Deployer',
      authorities: ['authenticated', 'deployers'],
    })
    expect(JSON.stringify(await call('jenkins_get_build', { ...job, tree: '*' }))).not.toContain(jenkins.user.token)
  })

  it('of a log of 2 MB read its tail alone, go on from a start, and follow a build that runs', async () => {
    const [build] = jenkins.jobs.get('shop/web build')?.builds ?? []
    if (build === undefined) throw new Error('no build')
    build.log = `${`${'x'.repeat(79)}\n`.repeat(26_000)}the end\n`
    const tail = await mcp.call('jenkins_get_build_log', { ...injected(), ...job, tail_bytes: 1_000 })
    expect(tail).toMatchObject({ truncated: true, data: { size: 2_080_008, next_start: 2_080_008, more: false } })
    expect(tail.output).toMatch(/the end\n?$/)
    expect(tail.output.length).toBeLessThanOrEqual(1_000)
    const on = await mcp.call('jenkins_get_build_log', { ...injected(), ...job, start: 2_080_000 })
    expect(on.output).toBe('the end\n')

    Object.assign(build, { building: true, result: null, log: 'first\n' })
    const following = mcp.call('jenkins_get_build_log', { ...injected(), ...job, follow_seconds: 20 })
    await expect.poll(() => jenkins.requests.length, { timeout: 5_000 }).toBeGreaterThan(1)
    build.log += '\u001b[8mha:////4JHgMA==\u001b[0msecond\n'
    Object.assign(build, { building: false, result: 'SUCCESS' })
    expect((await following).output).toBe('first\nsecond\n')
  }, 30_000)

  it('show what a build that runs says while it says it, without what it should not', async () => {
    const token = `ghp_${'a1B2'.repeat(9)}`
    const [build] = jenkins.jobs.get('shop/web build')?.builds ?? []
    if (build === undefined) throw new Error('no build')
    Object.assign(build, { building: true, result: null, log: 'cloning\n' })
    const whole = { name: 'jenkins_get_build_log', arguments: { ...injected(), ...job, follow_seconds: 30 } }
    const following = hearCall(mcp.url, { ...whole, _meta: { progressToken: 'p1' } }, ({ text }) => {
      if (!text.includes('compiling')) return
      build.log += 'passed\n'
      Object.assign(build, { building: false, result: 'SUCCESS' })
    })
    await expect.poll(() => jenkins.requests.length, { timeout: 5_000 }).toBeGreaterThan(1)
    build.log += `token ${token}\ncompiling\n`
    const { notices, answer } = await following
    const live = notices.map(({ text }) => text).join('')
    expect(live).toContain('compiling\n')
    expect(answer.output).toBe('cloning\ntoken ***\ncompiling\npassed\n')
    expect(JSON.stringify([notices, answer])).not.toContain(token)
  }, 60_000)

  it('find the branches of a multibranch project, by the names that Jenkins gives them', async () => {
    const branch = 'shop/app/feature%2Flogin#2'.replace('#', '%23')
    jenkins.addJob('shop/app/main')
    jenkins.addJob(branch, { builds: [newBuild(3, { building: false, result: 'FAILURE', log: 'lint failed\n' })] })
    const log = await mcp.call('jenkins_get_build_log', { ...injected(), jobFullName: branch })
    expect(log.output).toBe('lint failed\n')
    expect(jenkins.requests.at(-1)?.path).toContain('/job/shop/job/app/job/feature%252Flogin%25232/')
    const args = { ...injected(), jobFullName: branch, wait_for_start: false }
    const { result } = await mcp.approveAndRun('jenkins_trigger_build', args)
    expect(result.outcome).toBe('succeeded')
    expect(jenkins.queue).toMatchObject([{ job: branch }])
  })

  it('of a configuration tell where the source is, refuse what defines entities, and never show the script', async () => {
    const config = (text: string) => Object.assign(jenkins.jobs.get('docs') ?? {}, { configXml: text })
    config(
      `<?xml version='1.1'?><flow-definition><definition><scm class="hudson.plugins.git.GitSCM"><userRemoteConfigs><hudson.plugins.git.UserRemoteConfig><url>https://git.example/docs</url><credentialsId>git</credentialsId></hudson.plugins.git.UserRemoteConfig></userRemoteConfigs><branches><hudson.plugins.git.BranchSpec><name>*/main</name></hudson.plugins.git.BranchSpec></branches></scm><scriptPath>Jenkinsfile</scriptPath><lightweight>true</lightweight></definition></flow-definition>`,
    )
    const docs = { ...injected(), jobFullName: 'docs' }
    expect(bodyOf((await mcp.call('jenkins_get_job_scm', docs)).output)).toEqual({
      type: 'git',
      url: 'https://git.example/docs',
      branches: ['*/main'],
      credentialsId: 'git',
      scriptPath: 'Jenkinsfile',
      lightweight: true,
    })
    config('<flow-definition><definition><script>sh "make all"</script></definition></flow-definition>')
    expect(bodyOf((await mcp.call('jenkins_get_job_scm', docs)).output)).toEqual({
      type: 'none',
      branches: [],
      inlineScriptBytes: 13,
    })
    config('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>')
    expect(await mcp.call('jenkins_get_job_scm', docs)).toMatchObject({
      code: 'Upstream',
      output: expect.stringContaining('it has a document type'),
    })
  })
})

describe('a build', () => {
  it('is shown with its parameters as they will arrive, started once under a grant, and waited for', async () => {
    const args = { ...injected(), ...job, parameters: { VERSION: '1.2.3', DRY: true } }
    const preview = await mcp.preview('jenkins_trigger_build', args)
    expect(preview.effect).toMatchObject({
      summary: 'Build shop/web build with VERSION, TARGET, DRY and 1 more',
      basis: 'external',
      risk: 'medium',
      undo: { impossible: expect.any(String) },
      objects: [{ cluster: '', kind: 'JenkinsBuild', name: 'shop/web build', action: 'invoke' }],
    })
    expect(JSON.stringify(preview.effect)).toContain('1.2.3')
    expect(JSON.stringify(preview.effect)).not.toContain('hunter2')
    expect(JSON.stringify(preview)).not.toContain(jenkins.url)
    expect(posts()).toEqual([])
    const running = mcp.call('jenkins_trigger_build', args, {
      [metaKeys.grant]: mcp.engine.grant({ tool: 'jenkins_trigger_build', args, preview }),
    })
    await expect.poll(() => jenkins.queue.length, { timeout: 5_000 }).toBe(1)
    jenkins.startNext()
    const result = await running
    expect(result, result.output).toMatchObject({ outcome: 'succeeded', data: { buildNumber: 8 } })
    expect(posts()).toMatchObject([
      { path: '/ci/job/shop/job/web%20build/buildWithParameters', form: { VERSION: '1.2.3', DRY: 'true' } },
    ])
  }, 30_000)

  it('takes a value of each kind as it is, and says which it cannot take', async () => {
    jenkins.addJob('kinds', {
      parameters: [
        { name: 'LINES', type: 'Text', default: 'one\ntwo' },
        { name: 'KEY', type: 'File' },
        { name: 'DRY', type: 'Boolean', default: true },
        { name: 'TARGET', type: 'Choice', choices: ['staging', 'production'] },
        { name: 'WORD', type: 'String', default: '' },
      ],
    })
    const args = (parameters: object) => ({ ...injected(), jobFullName: 'kinds', parameters, wait_for_start: false })
    for (const [parameters, sentence] of [
      [{ KEY: 'a' }, 'parameters.KEY is a file, which cannot be given here. Leave it out.'],
      [{ DRY: 'yes' }, 'parameters.DRY must be true or false, got "yes".'],
    ] as const)
      expect((await mcp.preview('jenkins_trigger_build', args(parameters))).output).toBe(`InvalidArgument: ${sentence}`)
    const given = { LINES: 'three\nfour & five=6', DRY: false, TARGET: 'production', WORD: 'Grüße, ☃ + 100%' }
    const { preview, result } = await mcp.approveAndRun('jenkins_trigger_build', args(given))
    expect(preview.effect?.objects[0]?.changes).toContainEqual(
      expect.objectContaining({ after: expect.objectContaining({ parameters: { ...given, DRY: 'false', KEY: '' } }) }),
    )
    expect(result.outcome, result.output).toBe('succeeded')
    expect(posts().at(-1)?.form).toEqual({ ...given, DRY: 'false' })
  })

  it('whose answer is lost has an unknown end and is not started again', async () => {
    jenkins.faults = { losesAnswers: true }
    const { result } = await mcp.approveAndRun('jenkins_trigger_build', { ...injected(), ...job })
    expect(result).toMatchObject({ outcome: 'unknown', code: 'Unknown' })
    expect(posts()).toHaveLength(1)
  })

  it('that Jenkins says is elsewhere is not gone to: the number of the queue alone counts', async () => {
    jenkins.faults = { queueLocation: 'http://127.0.0.1:1/ci/queue/item/1/' }
    const running = mcp.approveAndRun('jenkins_trigger_build', { ...injected(), ...job })
    await expect.poll(() => jenkins.queue.length, { timeout: 5_000 }).toBe(1)
    const [item] = jenkins.queue
    if (item !== undefined) item.id = 1
    jenkins.startNext()
    expect((await running).result.outcome).toBe('succeeded')
  }, 30_000)

  it('with an unknown parameter, of a disabled job or one that is not there is refused in one sentence', async () => {
    expect(
      await mcp.preview('jenkins_trigger_build', { ...injected(), ...job, parameters: { NOPE: 1 } }),
    ).toMatchObject({
      code: 'InvalidArgument',
      output:
        'InvalidArgument: parameters has "NOPE", which is no parameter of job shop/web build. Its parameters: VERSION, TARGET, DRY, DEPLOY_PASSWORD.',
    })
    Object.assign(jenkins.jobs.get('docs') ?? {}, { buildable: false })
    expect((await mcp.preview('jenkins_trigger_build', { ...injected(), jobFullName: 'docs' })).output).toBe(
      'Refused: job docs is disabled: it cannot be built.',
    )
    expect((await mcp.preview('jenkins_trigger_build', { ...injected(), jobFullName: 'nope' })).code).toBe('NotFound')
  })

  it('is stale when its parameters have other defaults by then', async () => {
    const args = { ...injected(), ...job }
    const preview = await mcp.preview('jenkins_trigger_build', args)
    const [version] = jenkins.jobs.get('shop/web build')?.parameters ?? []
    if (version !== undefined) version.default = '2.0'
    const grant = mcp.engine.grant({ tool: 'jenkins_trigger_build', args, preview })
    expect(await mcp.call('jenkins_trigger_build', args, { [metaKeys.grant]: grant })).toMatchObject({
      outcome: 'stale',
    })
    expect(posts()).toEqual([])
  })

  it('that runs is stopped, one that does not cannot be; texts are set, and set back', async () => {
    const idle = await mcp.preview('jenkins_stop_build', { ...injected(), ...job })
    expect(idle.effect).toMatchObject({
      objects: [],
      summary: 'build 7 of shop/web build cannot be stopped (result: FAILURE)',
    })
    const [build] = jenkins.jobs.get('shop/web build')?.builds ?? []
    Object.assign(build ?? {}, { building: true, result: null })
    const stopped = await mcp.approveAndRun('jenkins_stop_build', { ...injected(), ...job })
    expect(stopped.result).toMatchObject({ outcome: 'succeeded', data: { stopped: true, result: 'ABORTED' } })

    const named = await mcp.approveAndRun('jenkins_update_build', {
      ...injected(),
      ...job,
      displayName: 'release 7',
      description: 'a\nb',
    })
    expect(named.result.outcome, named.result.output).toBe('succeeded')
    expect(build).toMatchObject({ displayName: 'release 7', description: 'a\nb' })
    const { undo } = named.preview.effect ?? {}
    if (undo === undefined || 'impossible' in undo) throw new Error('there is no way back')
    const back = await mcp.approveAndRun(undo.tool, { ...injected(), ...undo.args })
    expect(back.result.outcome, back.result.output).toBe('succeeded')
    // No description and an empty one are the same to Jenkins.
    expect(build).toMatchObject({ displayName: '#7', description: '' })
    const alone = await mcp.approveAndRun('jenkins_update_build', { ...injected(), ...job, description: 'only this' })
    expect(alone.result.outcome).toBe('succeeded')
    expect(posts().at(-1)?.path).toMatch(/submitDescription$/)
    const without = alone.preview.effect?.undo
    if (without === undefined || 'impossible' in without) throw new Error('there is no way back')
    expect((await mcp.approveAndRun(without.tool, { ...injected(), ...without.args })).result.outcome).toBe('succeeded')
    expect(build).toMatchObject({ displayName: '#7', description: '' })
  })
})

describe('credentials', () => {
  it('go nowhere but to the address that they are bound to', async () => {
    const elsewhere = await startJenkinsServer()
    for (const api_url of [elsewhere.url, jenkins.url.replace('/ci', ''), `${jenkins.url}x`])
      expect((await mcp.call('jenkins_whoami', { ...injected(), api_url })).output, api_url).toBe(
        `Refused: the credentials may only be used with ${jenkins.url}.`,
      )
    expect(elsewhere.requests).toEqual([])
    expect(jenkins.requests).toEqual([])
    await elsewhere[Symbol.asyncDispose]()
  })

  it('are read in the credentials namespace alone, by name, and named when a key is missing', async () => {
    const other = await api.newNamespace('other')
    await storeSecret('login', { username: 'a', 'api-token': 'b', url: jenkins.url }, other)
    expect((await mcp.call('jenkins_whoami', { ...injected(), credentials_ref: `${other}/login` })).output).toBe(
      'Refused: credentials are not read in that namespace.',
    )
    expect((await mcp.call('jenkins_whoami', { ...injected(), credentials_ref: `${credentials}/gone` })).code).toBe(
      'NotFound',
    )
    await storeSecret('half', { username: 'a', url: jenkins.url })
    expect((await mcp.call('jenkins_whoami', { ...injected(), credentials_ref: `${credentials}/half` })).output).toBe(
      'InvalidArgument: the Secret of the credentials has no key "api-token".',
    )
    await storeSecret('unbound', { username: 'a', 'api-token': 'b' })
    expect(
      (await mcp.call('jenkins_whoami', { ...injected(), credentials_ref: `${credentials}/unbound` })).output,
    ).toContain('JENKINS_ALLOWED_ORIGINS is empty: they may be used nowhere')
    const bare = await startTestMcp(api.kubeconfig)
    expect((await bare.call('jenkins_whoami', injected())).output).toBe(
      'Refused: no credentials namespace is configured.',
    )
    await bare.close()
  })

  it('that Jenkins does not accept, and TLS that is not to be verified, are refused in one sentence', async () => {
    await storeSecret('wrong', { username: 'a', 'api-token': 'b', url: jenkins.url })
    expect(await mcp.call('jenkins_whoami', { ...injected(), credentials_ref: `${credentials}/wrong` })).toMatchObject({
      code: 'Unauthorized',
    })
    expect((await mcp.call('jenkins_get_job_parameters', { ...injected(), ...job, verify: false })).output).toBe(
      'Refused: verify=false is not allowed by this server (JENKINS_ALLOW_INSECURE_TLS).',
    )
  })
})
