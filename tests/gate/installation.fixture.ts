import { createHash, generateKeyPairSync, type JsonWebKey, randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import {
  type ApiServerProxy,
  type FaultProxy,
  startApiServerProxy,
  startFaultProxy,
} from '@fairlead/testing/cluster/fault-proxy'
import { setupSecret } from '@fairlead/testing/engine/setup-secret'
import { type ModelServer, startModelServer } from '@fairlead/testing/model/scripted-model-server'
import { compiled } from '@fairlead/testing/servers/compiled'
import { freePort } from '@fairlead/testing/servers/free-ports'
import { type ServerProcess, startServerProcess, untilUp } from '@fairlead/testing/servers/server-process'
import { sharedApiServer, sharedPostgres, sharedRedis } from '@fairlead/testing/shared/shared-servers'
import { Pool } from 'pg'
import { type Caller, signUp } from './caller.fixture.ts'
import { scriptedByMessage } from './scripted-by-message.fixture.ts'

const apps = resolve(import.meta.dirname, '../../apps')

export type EngineProcess = {
  api: string
  process: ServerProcess
  /** SIGSTOP: it stands still with all that it holds, until `resume`. */
  pause(): void
  resume(): void
  /** SIGKILL; resolves once it has gone. */
  kill(): Promise<void>
  /** SIGTERM; resolves once it has gone, however long its runs take. */
  terminate(): Promise<void>
}
export type EngineOptions = { env?: Record<string, string> }

/** The whole product over real servers; every part of ours is a process of its own. */
export type Installation = {
  apiServer: ApiServer
  /** Straight into the engines' database. */
  sql: Pool
  databaseUrl: string
  model: ModelServer
  /** Between the engines and the tool server. */
  toWorker: FaultProxy
  /** Between the tool server and the API server. */
  toCluster: ApiServerProxy
  /** Addresses of the tool servers themselves. */
  toolServers: string[]
  /** SIGKILL to the first tool server; resolves once it has gone. */
  killToolServer(): Promise<void>
  /** One on the same address. */
  startToolServer(): Promise<void>
  toolToken: string
  /** Private half of the grant key, as JWK. */
  grantKey: JsonWebKey & { kid: string }
  owner: Caller
  startEngine(options?: EngineOptions): Promise<EngineProcess>
  close(): Promise<void>
}

export type InstallationOptions = {
  /** How many tool servers; the engines talk to the first. */
  replicas?: number
  /** Where the tool servers write; without it, the run's own. */
  apiServer?: ApiServer
  /** The tool servers listen beyond loopback, so the clocks of their engines count as other ones. */
  isRemote?: boolean
  /** Where the logins of integrations are kept. */
  credentialsNamespace?: string
  /** Settings of the tool servers beside what the fixture needs. */
  toolServer?: Record<string, string>
  /** Settings of the engines beside what the fixture needs. */
  engines?: Record<string, string>
  /** How long a grant is good. */
  grantSeconds?: number
  /** How long an engine holds a run without a sign of life; without it, engines are started by their own `main.ts`. */
  leaseSeconds?: number
}

/** Starts all of it, with one engine and one person who has signed up with it: `owner`, the administrator. */
export async function startInstallation({
  replicas = 1,
  leaseSeconds,
  grantSeconds,
  isRemote = false,
  credentialsNamespace,
  toolServer: toolSettings = {},
  engines: engineSettings = {},
  apiServer: given,
}: InstallationOptions = {}): Promise<Installation & { engine: EngineProcess }> {
  const [apiServer, postgres, redisServer] = await Promise.all([
    given ?? sharedApiServer(),
    sharedPostgres(),
    sharedRedis(),
  ])
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-gate-'))
  await using stack = new AsyncDisposableStack()
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const [databaseUrl, redisUrl] = await Promise.all([postgres.newDatabase(), redisServer.newDatabase()])
  const sql = stack.adopt(new Pool({ connectionString: databaseUrl }), (pool) => pool.end())
  const model = stack.adopt(await startModelServer(scriptedByMessage), (server) => server.close())
  const toCluster = stack.adopt(await startApiServerProxy(apiServer), (proxy) => proxy.close())

  const { grantKey, signingFile, publicFile } = await writeKeys(folder)
  const toolToken = randomBytes(24).toString('base64url')
  const redactionKey = randomBytes(32).toString('base64')
  const credentials: Record<string, string> =
    credentialsNamespace === undefined ? {} : { INTEGRATIONS_SECRET_NAMESPACE: credentialsNamespace }
  const toolServers: string[] = []
  const processes: ServerProcess[] = []
  stack.defer(async () => void (await Promise.all(processes.map((started) => started.stop()))))
  const spawnToolServer = async (replica: number, port: number) => {
    const started = await startServerProcess({
      name: `tool server ${replica}`,
      command: process.execPath,
      args: [join(apps, 'mcp/src/main.ts'), '--port', String(port), ...(isRemote ? ['--host', '0.0.0.0'] : [])],
      logFile: join(folder, `mcp-${replica}.log`),
      env: {
        KUBECONFIG: toCluster.kubeconfig,
        MCP_GRANT_PUBLIC_KEYS_FILE: publicFile,
        MCP_GRANT_STORE: 'redis',
        MCP_GRANT_REDIS_URL: redisUrl,
        MCP_REPLICAS: String(replicas),
        MCP_AUTH_TOKEN: toolToken,
        REDACTION_KEY: redactionKey,
        ...credentials,
        ...compiled,
        ...toolSettings,
      },
    })
    processes[replica] = started
    await untilUp(started, () => answers(`http://127.0.0.1:${port}`))
  }
  for (let replica = 0; replica < replicas; replica++) {
    const port = await freePort()
    await spawnToolServer(replica, port)
    toolServers.push(`http://127.0.0.1:${port}/mcp`)
  }
  const toWorker = stack.adopt(await startFaultProxy({ url: new URL(toolServers[0] ?? '').origin }), (p) => p.close())

  const jwtSecret = randomBytes(32).toString('base64url')
  const engines: ServerProcess[] = []
  stack.defer(async () => {
    await Promise.all(engines.map((engine) => engine.stop('SIGKILL')))
  })
  const engineMain =
    leaseSeconds === undefined
      ? [join(apps, 'engine/src/main.ts')]
      : [join(import.meta.dirname, 'engine-process.fixture.ts'), JSON.stringify({ leaseSeconds, grantSeconds })]
  const startEngine: Installation['startEngine'] = async (options = {}) => {
    const port = await freePort()
    const started = await startServerProcess({
      name: `engine ${engines.length + 1}`,
      command: process.execPath,
      args: engineMain,
      logFile: join(folder, `engine-${engines.length + 1}.log`),
      env: {
        HOST: '127.0.0.1',
        PORT: String(port),
        POSTGRES_DATABASE_URL: databaseUrl,
        REDIS_URL: redisUrl,
        RATE_LIMITING_ENABLED: 'false',
        JWT_SECRET: jwtSecret,
        SETUP_SECRET: setupSecret,
        JWT_ACCESS_TOKEN_EXPIRE_MINUTES: '600',
        MCP_SERVER_URL: `${toWorker.url}/mcp`,
        MCP_AUTH_TOKEN: toolToken,
        GRANT_SIGNING_KEY_FILE: signingFile,
        REDACTION_KEY: redactionKey,
        AUDIT_SINKS: `file:${join(folder, 'heads.ndjson')}`,
        LLM_MODEL: 'openai/scripted',
        LLM_HOST: model.url,
        OPENAI_API_KEY: 'unused',
        MAX_AUTO_CONTINUE_TURNS: '0',
        VERIFY_WAIT_SECONDS: '3',
        ...credentials,
        ...compiled,
        ...engineSettings,
        ...options.env,
      },
    })
    engines.push(started)
    const api = `http://127.0.0.1:${port}/api/v1`
    await untilUp(started, () => answers(`${api}/health/ready`, 200))
    return {
      api,
      process: started,
      pause: () => started.signal('SIGSTOP'),
      resume: () => started.signal('SIGCONT'),
      kill: () => started.stop('SIGKILL'),
      terminate: async () => {
        started.signal('SIGTERM')
        while (!started.hasExited()) await new Promise((check) => setTimeout(check, 20))
      },
    }
  }
  const engine = await startEngine()
  const owner = await signUp(engine.api)
  const opened = stack.move()
  return {
    ...{ apiServer, sql, databaseUrl, model, toWorker, toCluster, toolServers, toolToken, grantKey, owner },
    ...{ startEngine, engine },
    killToolServer: async () => void (await processes[0]?.stop('SIGKILL')),
    startToolServer: () => spawnToolServer(0, Number(new URL(toolServers[0] ?? '').port)),
    close: () => opened.disposeAsync(),
  }
}

async function answers(url: string, status?: number): Promise<boolean> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(2000) }).catch(() => undefined)
  await answer?.body?.cancel()
  return answer !== undefined && (status === undefined || answer.status === status)
}

async function writeKeys(folder: string) {
  const { d, ...open } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  const kid = createHash('sha256').update(JSON.stringify(open)).digest('base64url')
  const grantKey = { ...open, d, kid }
  const signingFile = join(folder, 'grant-key.json')
  const publicFile = join(folder, 'grant-keys.public.json')
  await writeFile(signingFile, JSON.stringify(grantKey), { mode: 0o600 })
  await writeFile(publicFile, JSON.stringify({ keys: [{ ...open, kid }] }))
  return { grantKey, signingFile, publicFile }
}
