import { offeredSchema } from '@fairlead/agent/offered-schema'
import { injectedArguments } from '@fairlead/contract/tool/injected-arguments'

type Listed = { name: string; description: string; inputSchema: { properties?: Record<string, unknown> } }

/** Definitions of all tools of a tool server, as a model that has loaded every toolset is sent them. */
export async function listTools(url: string): Promise<{ name: string; description: string; parameters: object }[]> {
  const version = '2026-07-28'
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': version,
      'mcp-method': 'tools/list',
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/list',
      params: {
        _meta: {
          'io.modelcontextprotocol/protocolVersion': version,
          'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1' },
          'io.modelcontextprotocol/clientCapabilities': {},
        },
      },
    }),
  })
  const { result } = (await response.json()) as { result: { tools: Listed[] } }
  return result.tools.map(({ name, description, inputSchema }) => {
    const { properties = {}, ...rest } = inputSchema
    const kept = Object.entries(properties).filter(([property]) => !injectedArguments.has(property))
    const shown = { ...rest, properties: Object.fromEntries(kept) }
    return { name, description, parameters: offeredSchema({ inputSchema: shown, pinned: true }) }
  })
}
