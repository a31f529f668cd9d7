import { Agent, request } from 'undici'

const version = '2026-07-28'
const dispatcher = new Agent()
let id = 0

/** One tool call over HTTP, as the engine sends it. Throws unless the tool answered without an error. */
export async function callTool(url: string, { name, args }: { name: string; args: object }): Promise<void> {
  const { statusCode, body } = await request(url, {
    method: 'POST',
    dispatcher,
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
