import { createHash, createHmac, generateKeyPairSync, randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
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
import { startServerProcess, untilUp } from '@fairlead/testing/servers/server-process'
import { sharedApiServer, sharedPostgres, sharedRedis } from '@fairlead/testing/shared/shared-servers'
import { type ScriptedToolServer, startToolServer } from '@fairlead/testing/tools/scripted-tool-server'
import { Pool } from 'pg'
import { type Bff, startPageServer } from './page-server.fixture.ts'
import { createScenes, type Scenes } from './scenes.fixture.ts'
import { expectBound } from './sent-decisions.fixture.ts'

const apps = resolve(import.meta.dirname, '../../apps')

/** The whole product, every part of ours a process of its own, over Postgres, Redis and a real API server. */
export type Installation = {
  /** What people open, without a trailing slash. */
  url: string
  page: Bff
  /** The engine itself, past the page and the fault proxy. */
  api: string
  /** Between the page's server and the engine. */
  toEngine: FaultProxy
  /** Between the tool server and the API server; with scripted tools, nobody asks it. */
  toCluster: ApiServerProxy
  cluster: ApiServer
  scenes: Scenes
  model: ModelServer
  /** The tool server, where it is a scripted one. */
  tools: ScriptedToolServer | undefined
  /** Straight into the engine's database. */
  sql: Pool
  /** The same token as if it had been issued long ago. */
  expired(token: string): string
  /** SIGKILL; resolves once it has gone. */
  killEngine(): Promise<void>
  /** One on the same address and database. */
  startEngine(): Promise<void>
  /** A second server of the page, before the same engine. */
  startAnotherPage(env?: Record<string, string>): Promise<Bff>
  /** Fails when the page has sent a decision about something that was not asked. */
  close(): Promise<void>
}

export type InstallationOptions = {
  /** Default: the real tool server. */
  tools?: 'real' | 'scripted'
  /** Where the logins of integrations are kept. */
  credentialsNamespace?: string
  /** Settings of the engine beside what the fixture needs. */
  engine?: Record<string, string>
  /** Settings of the real tool server beside what the fixture needs. */
  toolServer?: Record<string, string>
}

/** Long enough that a busy machine renews in time, short enough that a killed engine's work is taken over soon. */
const LEASE_SECONDS = 3

export async function startInstallation({
  tools: kind = 'real',
  credentialsNamespace,
  engine: settings = {},
  toolServer: toolSettings = {},
}: InstallationOptions = {}): Promise<Installation> {
  const [cluster, postgres, redisServer] = await Promise.all([sharedApiServer(), sharedPostgres(), sharedRedis()])
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-browser-'))
  await using stack = new AsyncDisposableStack()
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const [databaseUrl, redisUrl] = await Promise.all([postgres.newDatabase(), redisServer.newDatabase()])
  const sql = stack.adopt(new Pool({ connectionString: databaseUrl }), (pool) => pool.end())
  const credentials: Record<string, string> =
    credentialsNamespace === undefined ? {} : { INTEGRATIONS_SECRET_NAMESPACE: credentialsNamespace }
  const scenes = createScenes()
  const model = stack.adopt(await startModelServer(scenes.reply), (server) => server.close())
  const toCluster = stack.adopt(await startApiServerProxy(cluster), (proxy) => proxy.close())
  const { signingFile, publicFile } = await writeGrantKeys(folder)
  const secret = () => randomBytes(32).toString('base64url')
  const [toolToken, jwtSecret, redactionKey] = [secret(), secret(), randomBytes(32).toString('base64')]

  const enginePort = await freePort()
  const engineUrl = `http://127.0.0.1:${enginePort}`
  const toEngine = stack.adopt(await startFaultProxy({ url: engineUrl }), (proxy) => proxy.close())
  const pages: Bff[] = []
  stack.defer(async () => void (await Promise.all(pages.map((server) => server.stop()))))
  const startAnotherPage: Installation['startAnotherPage'] = async (env = {}) => {
    const server = await startPageServer({ apiUrl: `${toEngine.url}/api/v1`, env, folder })
    pages.push(server)
    return server
  }
  // It asks nobody before it is asked: the others start beside it.
  const firstPage = startAnotherPage()
  firstPage.catch(() => {})
  stack.defer(() => firstPage.then(() => {}).catch(() => {}))

  const startTools = async (): Promise<string> => {
    const port = await freePort()
    const started = await startServerProcess({
      name: 'tool server',
      command: process.execPath,
      args: [join(apps, 'mcp/src/main.ts'), '--port', String(port)],
      logFile: join(folder, 'mcp.log'),
      env: {
        KUBECONFIG: toCluster.kubeconfig,
        MCP_GRANT_PUBLIC_KEYS_FILE: publicFile,
        MCP_AUTH_TOKEN: toolToken,
        REDACTION_KEY: redactionKey,
        ...credentials,
        ...compiled,
        ...toolSettings,
      },
    })
    stack.defer(() => started.stop())
    const url = `http://127.0.0.1:${port}/mcp`
    await untilUp(started, () => answers(url))
    return url
  }
  const tools = kind === 'scripted' ? stack.adopt(await startToolServer(), (server) => server.close()) : undefined
  const toolsUrl = tools?.url ?? (await startTools())

  tools?.trust(`${engineUrl}/.well-known/jwks.json`)
  let count = 0
  const spawnEngine = async () => {
    count++
    const started = await startServerProcess({
      name: `engine ${count}`,
      command: process.execPath,
      args: [
        fileURLToPath(import.meta.resolve('@fairlead/gate-tests/engine-process')),
        JSON.stringify({ leaseSeconds: LEASE_SECONDS }),
      ],
      logFile: join(folder, `engine-${count}.log`),
      env: {
        HOST: '127.0.0.1',
        PORT: String(enginePort),
        POSTGRES_DATABASE_URL: databaseUrl,
        REDIS_URL: redisUrl,
        RATE_LIMITING_ENABLED: 'false',
        ALLOW_SELF_REGISTRATION: 'true',
        JWT_SECRET: jwtSecret,
        SETUP_SECRET: setupSecret,
        MCP_SERVER_URL: toolsUrl,
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
        ...settings,
      },
    })
    await untilUp(started, () => answers(`${engineUrl}/api/v1/health/ready`, 200))
    return started
  }
  let engine = await spawnEngine()
  stack.defer(() => engine.stop('SIGKILL'))

  const page = await firstPage
  const opened = stack.move()
  return {
    ...{ url: page.url, page, api: `${engineUrl}/api/v1`, toEngine, toCluster, cluster, scenes, model, tools, sql },
    expired: (token) => reissued(token, jwtSecret),
    killEngine: () => engine.stop('SIGKILL'),
    startEngine: async () => {
      engine = await spawnEngine()
    },
    startAnotherPage,
    close: async () => {
      try {
        await expectBound({ toEngine, sql })
      } finally {
        await opened.disposeAsync()
      }
    },
  }
}

async function answers(url: string, status?: number): Promise<boolean> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(2000) }).catch(() => undefined)
  await answer?.body?.cancel()
  return answer !== undefined && (status === undefined || answer.status === status)
}

async function writeGrantKeys(folder: string) {
  const { d, ...open } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  const kid = createHash('sha256').update(JSON.stringify(open)).digest('base64url')
  const signingFile = join(folder, 'grant-key.json')
  const publicFile = join(folder, 'grant-keys.public.json')
  await writeFile(signingFile, JSON.stringify({ ...open, d, kid }), { mode: 0o600 })
  await writeFile(publicFile, JSON.stringify({ keys: [{ ...open, kid }] }))
  return { signingFile, publicFile }
}

/** The token's own claims, signed again as if its time were over. */
function reissued(token: string, key: string): string {
  const [head = '', payload = ''] = token.split('.')
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { iat: number; exp: number }
  const past = { ...claims, iat: claims.iat - 7200, exp: claims.iat - 3600 }
  const text = `${head}.${Buffer.from(JSON.stringify(past)).toString('base64url')}`
  return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`
}
