import { connectTools } from '@fairlead/engine/mcp-client/connect-tools'
import { HttpTransport } from '@fairlead/engine/mcp-client/http-transport'
import { Client } from '@modelcontextprotocol/client'
import { type Registered, withSignIn } from './suite-oauth.fixture.ts'

/**
 * The client that the suite starts, with the address of its server as the last argument. What the engine does with a
 * tool server goes through the engine's own client; what it has no use for (signing in, being asked, resources) through
 * the library's client over the engine's transport.
 */
const url = process.argv.at(-1) ?? ''
const scenario = process.env.MCP_CONFORMANCE_SCENARIO ?? ''
const version = process.env.MCP_CONFORMANCE_PROTOCOL_VERSION
type Context = Partial<Registered> & { toolCalls?: { name: string; arguments: Record<string, unknown> }[] }
const context: Context = JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT ?? '{}')
const never = new AbortController().signal

const argumentsOf: Record<string, Record<string, unknown>> = { add_numbers: { a: 5, b: 3 } }

async function asEngine(): Promise<void> {
  const tools = connectTools({ url, timeoutSeconds: 30, pins: {}, log: console })
  for (const { name } of await tools.list(never)) {
    const answer = await tools.call({ name, args: argumentsOf[name] ?? {}, callId: `call_${name}`, signal: never })
    if (answer.kind !== 'answered') throw new Error(`${name}: ${answer.sentence}`)
  }
  await tools.close()
}

async function overTransport(use: (client: Client) => Promise<unknown>): Promise<void> {
  const registered = context.client_id === undefined ? undefined : { ...context, client_id: context.client_id }
  const client = new Client(
    { name: 'conformance', version: '1.0.0' },
    {
      capabilities: { elicitation: { form: { applyDefaults: true } } },
      versionNegotiation: version === '2026-07-28' ? { mode: { pin: version } } : { mode: 'legacy' },
    },
  )
  client.setRequestHandler('elicitation/create', () => ({ action: 'accept', content: {} }))
  // The signatures differ in what a body may be; every body here is a string.
  const signingIn = scenario.startsWith('auth/') ? { fetch: withSignIn(url, registered) as never } : {}
  const transport = new HttpTransport({ url, silenceSeconds: 30, ...signingIn })
  await client.connect(transport)
  await use(client)
  await client.close()
}

async function callAll(client: Client): Promise<void> {
  const { tools } = await client.listTools()
  for (const { name } of tools) await client.callTool({ name, arguments: argumentsOf[name] ?? {} })
}

async function callGiven(client: Client): Promise<void> {
  await client.listTools()
  for (const call of context.toolCalls ?? []) await client.callTool(call)
}

/** What has a name in the standard headers, too. */
async function askForAll(client: Client): Promise<void> {
  await callAll(client)
  for (const { uri } of (await client.listResources()).resources) await client.readResource({ uri })
  for (const { name } of (await client.listPrompts()).prompts) await client.getPrompt({ name })
}

const ways: Record<string, () => Promise<void>> = {
  initialize: asEngine,
  tools_call: asEngine,
  'request-metadata': asEngine,
  'sse-retry': asEngine,
  'json-schema-ref-no-deref': () => overTransport((client) => client.listTools()),
  'http-standard-headers': () => overTransport(askForAll),
  'http-custom-headers': () => overTransport(callGiven),
}

await (ways[scenario] ?? (() => overTransport(callAll)))()
