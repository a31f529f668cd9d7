import { join } from 'node:path'
import { type DeliveryIncident, newDeliveryIncident, startDeliveryCharts } from '@fairlead/gate-tests/delivery-incident'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { helmSettings } from '@fairlead/testing/helm/charts'
import { type JenkinsServer, startJenkinsServer } from '@fairlead/testing/jenkins/jenkins-server'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newPerson, type Person } from './person.fixture.ts'
import { only, textOf } from './read-events.fixture.ts'
import { newFolder, startUp } from './start-up.fixture.ts'

const owned = new AsyncDisposableStack()
let cluster: ApiServer
let jenkins: JenkinsServer
let charts: Awaited<ReturnType<typeof startDeliveryCharts>>
let incident: DeliveryIncident
let ada: Person

beforeAll(async () => {
  cluster = await sharedApiServer()
  jenkins = owned.use(await startJenkinsServer({ prefix: '/ci' }))
  charts = owned.use(await startDeliveryCharts())
  incident = await newDeliveryIncident(cluster, jenkins)
  const folder = owned.use(await newFolder())
  const up = owned.adopt(
    await startUp({
      args: ['--port', '0', '--state', join(folder.path, 'state'), '--kubeconfig', cluster.kubeconfig],
      env: {
        ...(await helmSettings(4, charts.url)),
        INTEGRATIONS_SECRET_NAMESPACE: await cluster.newNamespace('logins'),
      },
      cwd: folder.path,
    }),
    async (started) => void (await started.stop()),
  )
  ada = await newPerson(up, 'ada@example.com')
  const { name: username, token: api_token } = jenkins.user
  const login = { provider: 'jenkins', metadata: { api_url: jenkins.url }, credentials: { username, api_token } }
  const { status, body } = await ada.request('POST', '/integrations', login)
  expect(status, JSON.stringify(body)).toBe(200)
}, 240_000)
afterAll(() => owned.disposeAsync(), 60_000)

const said = async (message: string) => textOf(await ada.ask(message))

/** Says it, approves what is proposed, and returns what was said in the end. */
async function order(message: string): Promise<{ summary: string; answer: string }> {
  const proposal = await ada.ask(message)
  const approval = only(proposal, 'tool.awaiting_approval')
  return { summary: approval.effect.summary, answer: textOf(await ada.decide(approval, true)) }
}

test('the demo model reads and repairs what Argo Rollouts, Helm and Jenkins deliver, in plain words', {
  timeout: 240_000,
}, async () => {
  const { namespace, release, job, good, cause, build, rollout } = incident
  const image = async () => (await rollout()).spec.template.spec.containers[0]?.image
  const phase = async () => (await rollout()).status.phase
  const until = (wanted: string) => expect.poll(phase, { timeout: 30_000 }).toBe(wanted)

  const why = await said(`why did the build of ${job} fail?`)
  expect(why).toContain(`build ${build} of \`${job}\` failed in stage \`Push\`, at \`docker push`)
  expect(why).toContain(`> ${cause}`)
  expect(await said('list the jenkins jobs')).toContain(job.split('/')[0])
  expect(await said(`show the builds of ${job}`)).toContain(`#${build}: FAILURE`)
  expect(await said(`list the rollouts in ${namespace}`)).toMatch(new RegExp(`${release} +canary +Progressing`, 'i'))
  // Of the whole cluster the table may be cut: other tests have releases in it.
  expect(await said(`list the releases in ${namespace}`)).toContain(release)
  expect(await said(`history of release ${release}`)).toContain('web-1.1.0')

  const aborted = await order(`abort the rollout ${release}`)
  expect(aborted.summary).toContain(`Abort Rollout ${namespace}/${release}`)
  expect(aborted.answer).toContain('Done: ')
  await until('Degraded')
  const retried = await order(`retry ${release} in ${namespace}`)
  expect(retried.answer).toContain('Done: ')
  await until('Progressing')
  await order(`abort ${release}`)

  const back = await order(`roll back release ${release}`)
  expect(back.answer).toContain('revision 3')
  await until('Healthy')
  expect(await image()).toBe(`web:${good}`)

  const unknown = await said(`upgrade release ${release} with image.tag=3`)
  expect(unknown).toContain('does not say where its chart is from')
  const upgraded = await order(
    `upgrade release ${release} to ${charts.url}/web-1.1.0.tgz with image.tag=v3, replicas=1`,
  )
  expect(upgraded.answer).toContain('revision 4')
  await until('Paused')
  const promoted = await order(`fully promote ${release}`)
  expect(promoted.answer).toContain('Done: ')
  await until('Healthy')
  expect(await image()).toBe('web:v3')
  const undone = await order(`roll back the rollout ${release} in ${namespace}`)
  expect(undone.summary).toContain('Undo Rollout')
  await expect.poll(image).toBe(`web:${good}`)

  const built = await order(`build ${job} with VERSION=${good}`)
  expect(built.summary).toContain(`Build ${job}`)
  expect(jenkins.requests.filter(({ method }) => method === 'POST')).toMatchObject([{ form: { VERSION: good } }])
})

test('a name that is not there is said, and nothing is proposed', { timeout: 60_000 }, async () => {
  for (const message of ['promote nobody', 'roll back release nobody', 'upgrade release nobody with a=1']) {
    const events = await ada.ask(message)
    expect(events.some(({ type }) => type === 'tool.awaiting_approval')).toBe(false)
    expect(textOf(events)).toMatch(/I found no (?:Rollout|release) `nobody` here, so nothing is proposed\. There are: /)
  }
})
