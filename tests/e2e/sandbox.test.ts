import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { kubernetesAssets } from '@fairlead/testing/cluster/kubernetes-assets'
import { startJenkinsServer } from '@fairlead/testing/jenkins/jenkins-server'
import { newBuild } from '@fairlead/testing/jenkins/jenkins-state'
import { expect, test } from 'vitest'
import { newPerson, signIn } from './person.fixture.ts'
import { only, textOf } from './read-events.fixture.ts'
import { failUp, newFolder, startUp } from './start-up.fixture.ts'

const minutes = 60_000
const failedLog = '+ npm test\nAssertionError: 3 is not 4\nERROR: script returned exit code 1\nFinished: FAILURE\n'
const run = promisify(execFile)

test(
  'nothing is named, nothing is set: a shop, a question, a change that heals it, and all of it is still there later',
  async () => {
    await using folder = await newFolder()
    const args = ['--port', '0', '--state', 'state']
    const first = await startUp({ args, cwd: folder.path })
    expect(first).toMatchObject({
      sandbox: true,
      model: 'demo/guided',
      kubeconfig: join(folder.path, 'state/kubeconfig'),
      setup_url: expect.stringMatching(/\/welcome#secret=[\w-]{43}$/),
    })
    expect(first.stderr()).toContain(
      `Fairlead answers at ${first.url} with the guided demo model on a sandbox cluster.`,
    )
    expect(first.stderr()).toContain('LLM_MODEL')
    const ada = await newPerson(first, 'ada@example.com')
    const { body: context } = await ada.request('GET', '/agent/context')
    expect(context).toMatchObject({
      model: { id: 'demo/guided', demo: true },
      clusters: [
        {
          context: 'sandbox',
          sandbox: true,
          reachable: true,
          version: expect.stringMatching(/^v1\.\d+/),
          nodes: expect.any(Number),
          identity: expect.any(String),
        },
      ],
    })

    await using jenkins = await startJenkinsServer()
    const { name: username, token: api_token } = jenkins.user
    const login = { provider: 'jenkins', metadata: { api_url: jenkins.url }, credentials: { username, api_token } }
    const { status, body: integration } = await ada.request('POST', '/integrations', login)
    expect(status, JSON.stringify(integration)).toBe(200)
    const test = await ada.request('POST', `/integrations/${(integration as { id: string }).id}/test`)
    expect(test.body).toEqual({ ok: true, detail: 'Signed in as deployer (Deployer).' })
    jenkins.addJob('shop/web', { builds: [newBuild(7, { building: false, result: 'FAILURE', log: failedLog })] })
    const said = async (message: string) => textOf(await ada.ask(message))
    expect(await said('why did the build of shop/web fail?')).toContain('> AssertionError: 3 is not 4')
    const build = only(await ada.ask('build shop/web'), 'tool.awaiting_approval')
    await ada.decide(build, true)
    expect(jenkins.queue).toMatchObject([{ job: 'shop/web' }])
    // What needs more than a sandbox says what is missing, and how to have it.
    expect(await said('promote web')).toMatch(/Argo Rollouts is not installed in it\..*argo-rollouts/s)
    expect(await said('list the releases')).toContain('No releases found')

    const proposal = await ada.ask('Customers tell us that they cannot order anything. What is the matter?')
    const approval = only(proposal, 'tool.awaiting_approval')
    expect(textOf(proposal)).toContain('`shop/checkout`')
    expect(textOf(proposal)).toContain('TAX_SERVICE_REGION')
    const healed = await ada.decide(approval, true)
    expect(textOf(healed)).toContain('### Healed')
    expect(only(healed, 'tool.verified')).toMatchObject({ verdict: 'as_approved' })

    const kubectl = join(kubernetesAssets().binaries, 'kubectl')
    const shop = async (...args: string[]) =>
      (await run(kubectl, ['--kubeconfig', first.kubeconfig, '-n', 'shop', ...args])).stdout
    expect(await shop('get', 'deployment', 'checkout', '-o', 'jsonpath={.status.readyReplicas}')).toBe('2')
    // What calls it notices some seconds later.
    const names = (await shop('get', 'deployments', '-o', 'name')).trim().split('\n')
    for (const name of names) await shop('rollout', 'status', name, '--timeout=60s')
    expect(await first.stop('SIGINT')).toMatchObject({ code: 0 })

    const second = await startUp({ args, cwd: folder.path })
    const again = await signIn(second.api, 'ada@example.com')
    // Its programs begin anew, and those that call others notice some seconds later that these are there.
    await expect
      .poll(async () => textOf(await again.ask('Is everything healthy in the shop?')), {
        timeout: minutes,
        interval: 2_000,
      })
      .toMatch(/nothing wrong/)
    expect(await second.stop()).toMatchObject({ code: 0 })
  },
  4 * minutes,
)

test(
  'a real model on the sandbox, and a folder that another one holds',
  async () => {
    await using folder = await newFolder()
    const args = ['--port', '0', '--state', 'state']
    const env = { LLM_MODEL: 'openai/scripted', LLM_HOST: 'http://127.0.0.1:9' }
    const up = await startUp({ args, env, cwd: folder.path })
    expect(up).toMatchObject({ sandbox: true, model: 'openai/scripted' })
    const other = await failUp({ args, env, cwd: folder.path })
    const held = join(folder.path, 'state/sandbox')
    expect(other).toMatchObject({ code: 2, stderr: `fairlead: The folder ${held} is in use by another process.\n` })
    expect(JSON.parse(await readFile(up.kubeconfig, 'utf8'))).toMatchObject({ 'current-context': 'sandbox' })
    expect(await up.stop()).toMatchObject({ code: 0 })
  },
  3 * minutes,
)

test.each(['/sys/fairlead', '/proc/fairlead/state'])(
  '%s, a folder that cannot be written to, is said in one sentence',
  async (state) => {
    await using folder = await newFolder()
    const { code, stderr } = await failUp({ args: ['--port', '0', '--state', state], cwd: folder.path })
    expect(code).toBe(2)
    expect(stderr).toMatch(
      /^fairlead: The folder for --state cannot be used: \/(?:sys|proc)\/fairlead \((?:EACCES|EPERM|EROFS|ENOENT)\)\.\n$/,
    )
  },
  minutes,
)

test(
  'a file in the place of the sandbox is said in one sentence',
  async () => {
    await using folder = await newFolder()
    await mkdir(join(folder.path, 'state'))
    await writeFile(join(folder.path, 'state/sandbox'), '')
    const { code, stderr } = await failUp({ args: ['--port', '0', '--state', 'state'], cwd: folder.path })
    expect(code).toBe(2)
    expect(stderr).toMatch(/^fairlead: The folder for --state cannot be used: .*state\/sandbox \(EEXIST\)\.\n$/)
  },
  minutes,
)
