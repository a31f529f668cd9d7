import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseConfig } from '@fairlead/engine/config'
import type { Db } from '@fairlead/engine/db/database'
import { openDatabase } from '@fairlead/engine/db/open-database'
import { startEngine } from '@fairlead/engine/start-engine'
import type { EngineProcessOptions } from '@fairlead/gate-tests/engine-process'
import { createLogger } from '@fairlead/service-kit/logger'
import { setupSecret } from '@fairlead/testing/engine/setup-secret'
import type { ModelRequest } from '@fairlead/testing/model/model-request'
import { plainReply, type Reply, type Script } from '@fairlead/testing/model/model-script'
import { type RecordedRequest, startModelServer } from '@fairlead/testing/model/scripted-model-server'
import { compiled } from '@fairlead/testing/servers/compiled'
import { freePort } from '@fairlead/testing/servers/free-ports'
import { retryWhilePortTaken } from '@fairlead/testing/servers/retry-while-port-taken'
import { type ServerProcess, startServerProcess, untilUp } from '@fairlead/testing/servers/server-process'
import { sharedPostgres, sharedRedis } from '@fairlead/testing/shared/shared-servers'
import { type ScriptedToolServer, startToolServer } from '@fairlead/testing/tools/scripted-tool-server'
import type { ToolScript } from '@fairlead/testing/tools/tool-script'
import { Redis } from 'ioredis'
import { type Person, signUp } from './person.fixture.ts'

/** The embedded database with the live tail in process; Postgres with Redis. */
export const adapterSets = ['embedded', 'servers'] as const
export type AdapterSet = (typeof adapterSets)[number]

type Options = {
  adapters: AdapterSet
  /** What the model says until `model.use`; nothing by itself. */
  model?: Script
  /** What the tool server answers until `tools.use`; by itself, see `startToolServer`. */
  tools?: ToolScript
  /** Tools that are somebody else's, see `startToolServer`. */
  foreignTools?: readonly string[]
  /** Environment of the engine beside what the fixture needs. */
  settings?: Record<string, string>
  /** The engine is a process of its own, which may be killed, and may hang without taking the test with it. */
  isOwnProcess?: boolean
  /** How long a claim of the engine lasts without renewal. */
  leaseSeconds?: number
  /** Of an engine of its own process: how long its event loop may stand still. */
  stallMs?: number
}

export type EngineUnderTest = {
  /** With the API's prefix, without a trailing slash; the same after a restart. */
  api: string
  /** The installation's first user. */
  owner: Person
  newPerson(): Promise<Person>
  model: {
    requests: readonly RecordedRequest[]
    /** Says what the model answers from now on. */
    use(script: Script): void
  }
  tools: ScriptedToolServer
  /**
   * Ends the engine, which gives its runs back, and starts another on the same database and port. `whileDown` has the
   * database to itself in between.
   */
  restart(options?: { settings?: Record<string, string>; whileDown?: (db: Db) => Promise<unknown> }): Promise<void>
  /** The engine's process; undefined where it runs in this one. */
  readonly process: ServerProcess | undefined
  /** As a restart that loses every live tail: what is read afterwards comes from the record. */
  loseTails(): Promise<void>
  close(): Promise<void>
}

/** One engine in this process, between a scripted model and scripted tools, on a database of its own. */
export async function startEngineUnderTest(options: Options): Promise<EngineUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-wire-'))
  const storage = await storageOf(options.adapters, folder)
  let reply = repliesOf(options.model ?? [])
  const model = await startModelServer((request) => reply(request))
  const tools = await startToolServer(options.tools, { foreign: options.foreignTools })
  const environment: Record<string, string> = {
    DEBUG: 'true',
    HOST: '127.0.0.1',
    PORT: String(await freePort()),
    JWT_SECRET: randomUUID() + randomUUID(),
    SETUP_SECRET: setupSecret,
    AUDIT_SINKS: `file:${join(folder, 'heads.jsonl')}`,
    LLM_MODEL: 'openai/scripted',
    LLM_HOST: model.url,
    OPENAI_API_KEY: 'scripted',
    MCP_SERVER_URL: tools.url,
    RATE_LIMITING_ENABLED: 'false',
    ALLOW_SELF_REGISTRATION: 'true',
    ...storage.settings,
    ...options.settings,
  }

  const { leaseSeconds = 5, stallMs } = options
  const times = { leaseSeconds, stallMs, closeSeconds: 0 }
  const start = async (settings: Record<string, string> = {}) => {
    const of = { environment: { ...environment, ...settings }, options: { ...storage.options, ...times } }
    const engine = await (options.isOwnProcess
      ? spawnEngine({ ...of, folder })
      : retryWhilePortTaken(() => startInProcess(of)))
    tools.trust(`${engine.url}/.well-known/jwks.json`)
    return engine
  }
  let engine = await start()
  const restart: EngineUnderTest['restart'] = async ({ settings = {}, whileDown } = {}) => {
    await engine.end()
    if (whileDown !== undefined) await storage.whileDown(whileDown)
    engine = await start(settings)
  }
  const api = `${engine.url}/api/v1`
  const newPerson = () => signUp(api, `${randomUUID()}@example.com`, environment.JWT_SECRET ?? '')
  return {
    api,
    owner: await newPerson(),
    newPerson,
    model: {
      requests: model.requests,
      use: (script) => {
        reply = repliesOf(script)
      },
    },
    tools,
    get process() {
      return engine.process
    },
    restart,
    loseTails: () => restart({ whileDown: storage.loseTails }),
    close: async () => {
      await engine.end()
      await Promise.all([model.close(), tools.close()])
      await rm(folder, { recursive: true, force: true })
    },
  }
}

type Started = { url: string; end(): Promise<void>; process?: ServerProcess }
type Starting = { environment: Record<string, string>; options: EngineProcessOptions }

async function startInProcess({ environment, options }: Starting): Promise<Started> {
  const abort = new AbortController()
  const log = createLogger({ name: 'engine', level: 'fatal' })
  const engine = await startEngine(parseConfig(environment), { ...options, signal: abort.signal, log })
  return {
    url: engine.url,
    end: async () => {
      abort.abort()
      await engine.close()
    },
  }
}

async function spawnEngine({ environment, options, folder }: Starting & { folder: string }): Promise<Started> {
  const child = await startServerProcess({
    name: 'engine',
    command: process.execPath,
    args: [fileURLToPath(import.meta.resolve('@fairlead/gate-tests/engine-process')), JSON.stringify(options)],
    logFile: join(folder, 'engine.log'),
    env: { ...environment, ...compiled },
  })
  const url = `http://127.0.0.1:${environment.PORT}`
  const isReady = () =>
    fetch(`${url}/api/v1/health/ready`).then(
      ({ status }) => status === 200,
      () => false,
    )
  await untilUp(child, isReady)
  return { url, process: child, end: () => child.stop('SIGTERM', 10_000) }
}

/** The scripts' own rules: a list is for streamed requests alone, a function for all. */
function repliesOf(script: Script): (request: ModelRequest) => Reply | Promise<Reply> {
  let count = 0
  if (typeof script === 'function') return (request) => script(request, count++)
  return (request) => {
    if (!request.isStreamed) return plainReply
    const reply = script[count++]
    if (reply === undefined) throw new Error(`the script has no reply left for request ${count}`)
    return reply
  }
}

type Storage = {
  settings: Record<string, string>
  options: { databaseFolder?: string; isTailInProcess?: boolean }
  whileDown(work: (db: Db) => Promise<unknown>): Promise<void>
  loseTails(): Promise<void>
}

async function storageOf(adapters: AdapterSet, folder: string): Promise<Storage> {
  if (adapters === 'embedded') {
    const dir = join(folder, 'database')
    return {
      settings: {},
      options: { databaseFolder: dir, isTailInProcess: true },
      whileDown: (work) => withDatabase({ dir }, work),
      loseTails: async () => {}, // they went with the process
    }
  }
  const [url, redisUrl] = await Promise.all([
    sharedPostgres().then((postgres) => postgres.newDatabase()),
    sharedRedis().then((redis) => redis.newDatabase()),
  ])
  return {
    settings: { POSTGRES_DATABASE_URL: url, REDIS_URL: redisUrl },
    options: {},
    whileDown: (work) => withDatabase({ url }, work),
    loseTails: async () => {
      const redis = new Redis(redisUrl)
      await redis.flushdb()
      await redis.quit()
    },
  }
}

async function withDatabase(
  address: Parameters<typeof openDatabase>[0],
  work: (db: Db) => Promise<unknown>,
): Promise<void> {
  const database = await openDatabase(address)
  try {
    await work(database.db)
  } finally {
    await database.close()
  }
}
