import { Agent, request } from 'undici'

const version = '2026-07-28'
const dispatchers = new Map<number, Agent>()
let id = 0

/** A connection from an address of its own: the tool server lets each caller have eight calls at once. */
function dispatcherOf(caller: number): Agent {
  const dispatcher = dispatchers.get(caller) ?? new Agent({ localAddress: `127.0.0.${caller + 2}` })
  dispatchers.set(caller, dispatcher)
  return dispatcher
}

/** One tool call over HTTP, as the engine sends it. Throws unless the tool answered without an error. */
export async function callTool(url: string, of: { name: string; args: object; caller: number }): Promise<void> {
  const { name, args, caller } = of
  const { statusCode, body } = await request(url, {
    method: 'POST',
    dispatcher: dispatcherOf(caller),
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': version,
      'mcp-method': 'tools/call',
      'mcp-name': name,
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: ++id,
      method: 'tools/call',
      params: {
        name,
        arguments: args,
        _meta: {
          'io.modelcontextprotocol/protocolVersion': version,
          'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1' },
          'io.modelcontextprotocol/clientCapabilities': {},
        },
      },
    }),
  })
  const text = await body.text()
  if (statusCode !== 200 || !text.includes('"isError":false')) throw new Error(`${name}: ${statusCode} ${text}`)
}
