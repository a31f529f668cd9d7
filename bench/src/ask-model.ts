import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import { nowMs } from '@fairlead/testing/model/now-ms'

const agent = new Agent({ keepAlive: true })
/** About what the engine's first request holds: prompt and tool definitions. */
const system = 'You look after clusters. '.repeat(700)

/** Milliseconds until the model itself has sent its first piece, with a request of the size that an engine makes. */
export async function askModel(modelUrl: string): Promise<number> {
  const body = JSON.stringify({
    model: 'bench',
    stream: true,
    messages: [
      { role: 'system', content: system },
      { role: 'user', content: JSON.stringify({ replies: [{ text: { pieces: 2, stamped: true } }] }) },
    ],
  })
  const sentAt = nowMs()
  const sent = request(`${modelUrl}/v1/chat/completions`, {
    method: 'POST',
    agent,
    headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
  })
  sent.end(body)
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  let firstAt = Number.NaN
  for await (const chunk of response) {
    if (Number.isNaN(firstAt) && String(chunk).includes('"content":"0@')) firstAt = nowMs()
  }
  if (Number.isNaN(firstAt)) throw new Error('the model sent no piece')
  return firstAt - sentAt
}
