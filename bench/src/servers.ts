import { type ChildProcess, spawn } from 'node:child_process'
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type ApiServer, startApiServer } from '@fairlead/testing/cluster/api-server'
import { type OwnPostgres, startPostgres } from '@fairlead/testing/servers/postgres'
import { type OwnRedisServer, startRedis } from '@fairlead/testing/servers/redis'
import { type Measured, startMeasured } from './start-measured.ts'

export type Secrets = {
  folder: string
  jwtSecret: string
  redactionKey: string
  signingKeyFile: string
  publicKeysFile: string
}

/** What engines are measured with; each is started when it is first needed, and lives as long as the bench. */
export type Servers = {
  secrets: Secrets
  apiServer(): Promise<ApiServer>
  toolServer(): Promise<Measured>
  modelUrl(): Promise<string>
  postgres(): Promise<OwnPostgres>
  redis(): Promise<OwnRedisServer>
}

/** Everything that is started here ends with the stack. */
export async function openServers(stack: AsyncDisposableStack): Promise<Servers> {
  const secrets = await makeSecrets(stack)
  const stopped = <T extends { stop(): Promise<void> }>(start: () => Promise<T>) =>
    lazily(async () => stack.adopt(await start(), (server) => server.stop()))
  const apiServer = stopped(() => startApiServer({ kwok: true, rollouts: true }))
  return {
    secrets,
    apiServer,
    toolServer: stopped(async () =>
      startMeasured('tool-server', {
        KUBECONFIG: (await apiServer()).kubeconfig,
        MCP_GRANT_PUBLIC_KEYS_FILE: secrets.publicKeysFile,
        REDACTION_KEY: secrets.redactionKey,
        LOG_LEVEL: 'warn',
      }),
    ),
    modelUrl: lazily(() => startModel(stack)),
    postgres: stopped(startPostgres),
    redis: stopped(startRedis),
  }
}

function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}

async function startModel(stack: AsyncDisposableStack): Promise<string> {
  const script = fileURLToPath(import.meta.resolve('@fairlead/testing/model/scripted-model-server.main'))
  const child: ChildProcess = spawn(process.execPath, ['--v8-pool-size=1', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  stack.defer(async () => {
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  })
  if (child.stdout === null) throw new Error('the model server has no output')
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  return (JSON.parse(line) as { url: string }).url
}

async function makeSecrets(stack: AsyncDisposableStack): Promise<Secrets> {
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-bench-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const { crv, kty, x, d } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  const kid = createHash('sha256').update(JSON.stringify({ crv, kty, x })).digest('base64url')
  const open = { kty, crv, x, kid, alg: 'EdDSA', use: 'sig' }
  const signingKeyFile = join(folder, 'key.json')
  const publicKeysFile = join(folder, 'keys.json')
  await writeFile(signingKeyFile, JSON.stringify({ ...open, d }), { mode: 0o600 })
  await writeFile(publicKeysFile, JSON.stringify({ keys: [open] }))
  return {
    folder,
    jwtSecret: randomBytes(48).toString('base64url'),
    redactionKey: randomBytes(32).toString('base64'),
    signingKeyFile,
    publicKeysFile,
  }
}
