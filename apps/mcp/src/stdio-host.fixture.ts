import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export type Message = {
  id?: number | string
  method?: string
  params?: { message: string }
  result?: Record<string, unknown> & { structuredContent?: Record<string, unknown> }
}

const clientInfo = { name: 'test', version: '1' }

/** The server as a process of its own, and its host: one JSON message a line over its pipes. */
export function startStdioHost(kubeconfig: string, env: Record<string, string> = {}) {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url))
  const server: ChildProcess = spawn(process.execPath, [main, '--transport', 'stdio'], {
    env: { KUBECONFIG: kubeconfig, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const { stdin, stdout, stderr } = server
  if (stdin === null || stdout === null || stderr === null) throw new Error('no pipes')
  const logged: Record<string, unknown>[] = []
  createInterface({ input: stderr }).on('line', (line) => line.startsWith('{') && logged.push(JSON.parse(line)))
  const exited = new Promise<number | null>((resolve) => server.once('exit', resolve))
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]()
  const send = (message: object): void => void stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
  const next = async (): Promise<Message> => JSON.parse((await lines.next()).value ?? '{}')
  return {
    send,
    next,
    /** What stands in its log. */
    logged,
    /** The handshake of the protocols that have one; resolves to what the server says of itself. */
    async initialize(capabilities: object = {}, protocolVersion = '2025-11-25') {
      send({ id: 1, method: 'initialize', params: { protocolVersion, capabilities, clientInfo } })
      const { result } = await next()
      send({ method: 'notifications/initialized' })
      return result
    },
    /** A request at 2026-07-28, which says of itself what a handshake said before. */
    ask(id: number, method: string, params: Record<string, unknown>, capabilities: object = {}) {
      const _meta = {
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientInfo': clientInfo,
        'io.modelcontextprotocol/clientCapabilities': capabilities,
      }
      send({ id, method, params: { ...params, _meta } })
      return next()
    },
    /** The host goes away; resolves to the exit code. */
    end() {
      stdin.end()
      return exited
    },
  }
}
