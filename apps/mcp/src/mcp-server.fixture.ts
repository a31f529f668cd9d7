import { generateKeyPairSync, randomBytes, randomUUID, sign } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { finalArgsDigest } from '@fairlead/contract/digest'
import { metaKeys, type ToolAnswer, toolAnswer } from '@fairlead/contract/tool-meta'
import { createLogger } from '@fairlead/service-kit/logger'
import { linesWith } from '@fairlead/testing/cluster/lines-with'
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/server/validators/ajv'
import { parseConfig } from './config.ts'
import { envelope, modernHeaders, postMessage } from './post-message.fixture.ts'
import { type RunningMcp, type StartOptions, startMcp } from './start-mcp.ts'

export type Args = Record<string, unknown>
export type GrantChanges = { claims?: Record<string, unknown>; header?: Record<string, unknown> }

/** An engine in miniature: its key pair, and what it signs. */
export type TestEngine = {
  keysFile: string
  redactionKey: string
  sign(claims: Record<string, unknown>, header?: Record<string, unknown>): string
  /** A grant for exactly that call, or one that differs where `changes` say. */
  grant(of: { tool: string; args: Args; preview: ToolAnswer }, changes?: GrantChanges): string
  identity(user: string, groups?: string[], claims?: Record<string, unknown>): string
  remove(): Promise<void>
}

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

export async function createTestEngine(): Promise<TestEngine> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-keys-'))
  const keysFile = join(folder, 'keys.json')
  await writeFile(keysFile, JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k1' }] }))
  const signed = (claims: Record<string, unknown>, header: Record<string, unknown> = {}): string => {
    const input = `${encoded({ alg: 'EdDSA', kid: 'k1', ...header })}.${encoded(claims)}`
    return `${input}.${sign(null, Buffer.from(input), privateKey).toString('base64url')}`
  }
  // Rounded up: one of the very second in which the store of used grants began would count as older than it.
  const now = () => Math.ceil(Date.now() / 1000)
  return {
    keysFile,
    redactionKey: randomBytes(32).toString('base64'),
    sign: signed,
    grant: ({ tool, args, preview }, { claims = {}, header } = {}) =>
      signed(
        {
          jti: randomUUID(),
          call_id: `call_${randomBytes(6).toString('hex')}`,
          sub: 'ada@example.com',
          act: { sub: 'ada@example.com', groups: ['sre'] },
          aud: 'fairlead-mcp',
          iat: now(),
          exp: now() + 60,
          tool,
          final_args_sha256: finalArgsDigest(args),
          effect_digest: preview.effect_digest,
          pins: preview.effect?.pins,
          ...claims,
        },
        header,
      ),
    identity: (user, groups = [], claims = {}) =>
      signed({ sub: user, groups, aud: 'fairlead-mcp', iat: now(), exp: now() + 60, ...claims }),
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

/** Until no grant that was made so far is of a second to come: whatever begins then is younger than all of them. */
export function grantsGrowOld(): Promise<void> {
  return setTimeout(1_000 - (Date.now() % 1_000))
}

export type TestMcp = RunningMcp & {
  engine: TestEngine
  /** One `tools/call` at 2026-07-28; the answer is checked for its envelope. */
  call(name: string, args: Args, meta?: Record<string, unknown>): Promise<ToolAnswer>
  preview(name: string, args: Args, meta?: Record<string, unknown>): Promise<ToolAnswer>
  /** Preview, grant, execution. */
  approveAndRun(name: string, args: Args): Promise<{ preview: ToolAnswer; result: ToolAnswer }>
  verify(name: string, args: Args, preview: ToolAnswer, waitSeconds?: number): Promise<ToolAnswer>
  rpc(
    method: string,
    params?: Record<string, unknown>,
    headers?: Record<string, string>,
    signal?: AbortSignal,
  ): Promise<RpcAnswer>
}

export type RpcAnswer = {
  status: number
  headers: Record<string, unknown>
  body: { result?: Args; error?: { code: number } }
}

/**
 * This server in process, on a free port, as settings of `env` have it. The environment of the test run is not read.
 * Without a kubeconfig it logs in as the pod that `env` and `serviceAccount` make of it.
 */
export async function startTestMcp(
  kubeconfig: string | undefined,
  {
    env = {},
    argv = [],
    engine,
    withoutKeys = false,
    ...options
  }: Partial<StartOptions> & {
    env?: Record<string, string>
    argv?: string[]
    engine?: TestEngine
    withoutKeys?: boolean
  } = {},
): Promise<TestMcp> {
  const own = engine ?? (await createTestEngine())
  const keys = withoutKeys ? {} : { MCP_GRANT_PUBLIC_KEYS_FILE: own.keysFile }
  const config = parseConfig(
    { ...(kubeconfig && { KUBECONFIG: kubeconfig }), ...keys, REDACTION_KEY: own.redactionKey, ...env },
    ['--port', '0', ...argv],
  )
  const log = createLogger({ name: 'mcp', level: 'fatal' })
  const mcp = await startMcp(config, { signal: new AbortController().signal, log, ...options })
  const url = (mcp.url ?? '').replace('//0.0.0.0:', '//127.0.0.1:')
  let id = 0
  const rpc: TestMcp['rpc'] = async (method, params = {}, extra = {}, signal) => {
    const { _meta, ...rest }: Args = params
    const asks = { 'io.modelcontextprotocol/clientCapabilities': { elicitation: {} } }
    const { statusCode, headers, body } = await postMessage(
      url,
      { jsonrpc: '2.0', id: ++id, method, params: { ...rest, _meta: { ...envelope, ...asks, ...(_meta as Args) } } },
      { headers: { ...modernHeaders(method, rest.name), ...extra }, signal },
    )
    return { status: statusCode, headers, body: lastMessage(await body.text()) }
  }
  /** What is listed of a tool's answers, looked up with the first call. */
  let schemas: Promise<ReadonlyMap<string, (answer: unknown) => { valid: boolean; errorMessage?: string }>> | undefined
  const readSchemas = async () => {
    const { tools } = (await rpc('tools/list')).body.result as { tools: { name: string; outputSchema: object }[] }
    const validator = new AjvJsonSchemaValidator()
    return new Map(tools.map((tool) => [tool.name, validator.getValidator(tool.outputSchema)]))
  }
  const call: TestMcp['call'] = async (name, args, meta = {}) => {
    const { body } = await rpc('tools/call', { name, arguments: args, _meta: meta })
    const result = body.result as
      | { content: { text: string }[]; structuredContent: unknown; isError: boolean }
      | undefined
    if (result === undefined) throw new Error(`no result: ${JSON.stringify(body)}`)
    const answer = toolAnswer.parse(result.structuredContent)
    const { output, error } = answer
    const [only, ...others] = result.content
    if (only?.text !== JSON.stringify({ output, error }) || others.length > 0 || result.isError !== error) {
      throw new Error('text, structured content and isError do not agree')
    }
    schemas ??= readSchemas()
    const checked = (await schemas).get(name)?.(result.structuredContent)
    if (checked?.valid === false) throw new Error(`not as outputSchema says: ${checked.errorMessage}`)
    return answer
  }
  const preview: TestMcp['preview'] = (name, args, meta = {}) => call(name, args, { ...meta, [metaKeys.preview]: true })
  return {
    ...mcp,
    engine: own,
    rpc,
    call,
    preview,
    async approveAndRun(name, args) {
      const shown = await preview(name, args)
      const grant = own.grant({ tool: name, args, preview: shown })
      return { preview: shown, result: await call(name, args, { [metaKeys.grant]: grant }) }
    },
    verify: (name, args, shown, waitSeconds = 0) => call(name, args, verifying(shown, waitSeconds)),
    async close() {
      await mcp.close()
      if (engine === undefined) await own.remove()
    },
  }
}

/** What a call carries to have read back what was shown. */
export function verifying({ effect_digest, effect }: ToolAnswer, waitSeconds = 0): Record<string, unknown> {
  const objects = effect?.objects.map(({ diff: _, ...object }) => object)
  return { [metaKeys.verify]: { effect_digest, objects, pins: effect?.pins, wait_seconds: waitSeconds } }
}

/** Proposes a write in `confirm` mode; what comes back brings the user's answer to that server or another. */
export async function askToConfirm(mcp: TestMcp, params: { name: string; arguments: Args }) {
  const { body } = await mcp.rpc('tools/call', params)
  const { requestState, inputRequests } = body.result as { requestState: string; inputRequests: object }
  const yes = { action: 'accept', content: { confirm: true } }
  const inputResponses = Object.fromEntries(Object.keys(inputRequests).map((key) => [key, yes]))
  return async (at: TestMcp = mcp): Promise<ToolAnswer> => {
    const answered = await at.rpc('tools/call', { ...params, requestState, inputResponses })
    return toolAnswer.parse(answered.body.result?.structuredContent)
  }
}

function lastMessage(text: string): RpcAnswer['body'] {
  if (text.startsWith('{')) return JSON.parse(text)
  const last = text.split('\n').findLast((line) => line.startsWith('data: '))
  return JSON.parse(last?.slice('data: '.length) ?? '{}')
}

type AuditLine = {
  verb: string
  objectRef?: Args
  requestURI: string
  userAgent: string
  stage: string
  responseStatus: { code: number }
}

/** Lines of the API server's audit log whose user agent carries `mark`. */
export function auditLines(auditLog: string, mark: string): AuditLine[] {
  return linesWith(auditLog, mark)
    .map((line) => JSON.parse(line))
    .filter(({ stage }) => stage === 'ResponseComplete')
}
