import { burstNamedIn, forEachBurst, startBurstServer } from '@fairlead/testing/model/burst-server'
import { expect, test } from 'vitest'
import { connect, get } from './tool-server.fixture.ts'

const frameOf = (message: object) => `event: message\ndata: ${JSON.stringify({ jsonrpc: '2.0', ...message })}\n\n`
const progressOf = (progressToken: string, number: number) =>
  frameOf({ method: 'notifications/progress', params: { progressToken, progress: number, message: `step ${number}` } })
const initialized = {
  protocolVersion: '2025-06-18',
  capabilities: { tools: {} },
  serverInfo: { name: 'sockets', version: '1' },
}

test('a tool server may send its notices in bursts, cut anywhere', { timeout: 60_000 }, async () => {
  const server = await startBurstServer(({ body }) => {
    const { id, method, params } = JSON.parse(body)
    const answer = (result: object) => ({ jsonrpc: '2.0', id, result })
    if (method === 'initialize') return JSON.stringify(answer(initialized))
    if (method !== 'tools/call')
      return JSON.stringify({ jsonrpc: '2.0', id, error: { code: -32601, message: 'no such method' } })
    const token: string = params._meta.progressToken
    const burst = burstNamedIn(token, /^(\d+)-(\d+)$/, (number) => progressOf(token, number))
    return { type: 'text/event-stream', ...burst, behind: [frameOf(answer({ content: [] }))] }
  })
  const tools = connect(`${server.url}/mcp`)
  const pieceOf = (number: number) => progressOf('12-3456', number)
  await forEachBurst(pieceOf, async ({ pieces, cutAt }) => {
    const steps: string[] = []
    const onProgress = ({ text }: { text: string }) => void steps.push(text)
    const answer = await tools.call({ ...get, callId: `${pieces.length}-${cutAt}`, onProgress })
    expect(answer.kind).toBe('answered')
    expect(steps).toEqual(pieces.map((_, number) => `step ${number}`))
  })
  await tools.close()
  await server.close()
})
