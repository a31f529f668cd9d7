import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import type { ModelRequest } from '@fairlead/testing/model/model-request'
import type { Reply } from '@fairlead/testing/model/model-script'
import { startModelServer } from '@fairlead/testing/model/scripted-model-server'
import { freePort } from '@fairlead/testing/servers/free-ports'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { type Chance, newChance } from './chance.fixture.ts'
import { expectReconciled } from './expect-reconciled.fixture.ts'
import { jwtSecret, newPerson, type Person, password } from './person.fixture.ts'
import { seenSoFar } from './seen-so-far.fixture.ts'
import { newFolder, startUp, type Up } from './start-up.fixture.ts'
import { createDeployment, readDeployment } from './workloads.fixture.ts'

export type Workload = {
  namespace: string
  name: string
  /** What makes the model propose to scale it. */
  message(to: number): string
  replicas(): Promise<number>
  /** As somebody else does it, past the product. */
  scaleTo(to: number): Promise<void>
}

/** The product as `up` runs it, for somebody at a terminal. */
export type TerminalInstallation = {
  up: Up
  /** What `--server` is given: the page. */
  server: string
  cluster: ApiServer
  ada: Person
  chance: Chance
  /** For files of the tests. */
  folder: string
  /** The environment of a script that is signed in as Ada. */
  signedIn(): Record<string, string>
  workload(replicas?: number): Promise<Workload>
  close(): Promise<void>
}

/** What no terminal may be given as it is. */
export const hostile = 'Look:\u001b[2J\u001b]0;owned\u0007 \u202eko\u009b31m fine\rgone'

export async function startTerminalInstallation(): Promise<TerminalInstallation> {
  const chance = newChance()
  await using stack = new AsyncDisposableStack()
  const cluster = await sharedApiServer()
  const folder = stack.use(await newFolder()).path
  const model = stack.adopt(await startModelServer(operator), (started) => started.close())
  const up = stack.adopt(
    await startUp({
      args: ['--port', String(await freePort()), '--state', 'state', '--kubeconfig', cluster.kubeconfig],
      env: {
        LLM_MODEL: 'openai/scripted',
        LLM_HOST: model.url,
        OPENAI_API_KEY: 'key',
        ALLOW_SELF_REGISTRATION: 'true',
        JWT_SECRET: jwtSecret,
        RATE_LIMITING_ENABLED: 'false',
      },
      cwd: folder,
    }),
    async (started) => void (await started.stop()),
  )
  const ada = await newPerson(up, 'ada@example.com')
  const namespaces: string[] = []
  stack.defer(async () => void (await expectReconciled(cluster, namespaces, ada)))
  const server = up.url.replace('localhost', '127.0.0.1')
  const opened = stack.move()
  return {
    ...{ up, server, cluster, ada, chance, folder },
    signedIn: () => ({ FAIRLEAD_SERVER: server, FAIRLEAD_EMAIL: ada.email, FAIRLEAD_PASSWORD: password }),
    workload: async (replicas = 2) => {
      const namespace = await cluster.newNamespace(chance.name('shop'))
      namespaces.push(namespace)
      const name = chance.name('web')
      await createDeployment({ server: cluster, namespace }, { name, replicas })
      return {
        ...{ namespace, name },
        message: (to) => `scale ${name} in ${namespace} to ${to}`,
        replicas: async () => (await readDeployment({ server: cluster, namespace }, name)).spec.replicas,
        scaleTo: async (to) => {
          const path = `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`
          const type = 'application/strategic-merge-patch+json'
          const { status, body } = await cluster.request('PATCH', path, { spec: { replicas: to } }, type)
          if (status !== 200) throw new Error(JSON.stringify(body))
        },
      }
    },
    close: () => opened.disposeAsync(),
  }
}

/** Looks, then scales, as it is asked. */
function operator(request: ModelRequest): Reply {
  if (!request.isStreamed) return { text: 'A title' }
  const { message, answers, canWrite } = seenSoFar(request)
  if (message === 'be hostile') return { text: hostile }
  if (message === 'count slowly') return { text: { pieces: 2000 }, pace: { piecesPerSecond: 20 } }
  if (message === 'count fast') return { text: { pieces: 120 }, pace: { piecesPerSecond: 60 } }
  const [, name, namespace, replicas] = /^scale (\S+) in (\S+) to (\d+)$/.exec(message) ?? []
  if (name === undefined) return { text: 'I can scale.' }
  const last = answers.at(-1)
  if (last?.tool === 'k8s_scale') return { text: `The tool said: ${last.text}` }
  if (!canWrite) return { toolCalls: [{ name: 'load_toolset', args: { toolset: 'k8s', include_write_tools: true } }] }
  if (!answers.some(({ tool }) => tool === 'k8s_get')) {
    return { text: 'Let me look.', toolCalls: [{ name: 'k8s_get', args: { resource_type: 'deployments', namespace } }] }
  }
  const args = { resource_type: 'deployment', name, namespace, replicas: Number(replicas) }
  return { text: 'I will scale it.', toolCalls: [{ name: 'k8s_scale', args }] }
}
