import { parseArgs } from 'node:util'
import type { ModelRequest } from './model-request.ts'
import { plainReply, type Reply } from './model-script.ts'
import { startModelServer } from './scripted-model-server.ts'

/**
 * The scripted model as a process of its own. Each person's message is its own script: `{"replies": [Reply, …]}`,
 * one for each model request that follows it; any other message is answered in words. Prints `{"url"}`.
 *
 *   node scripted-model-server.main.ts [--port N]
 */
const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } })
const scripts = new Map<string, Reply[]>()
const inWords: Reply = { text: 'I am a scripted model, and this message holds no script.' }

function replyTo(request: ModelRequest): Reply {
  if (!request.isStreamed) return plainReply
  const lastMessage = request.messages.findLastIndex(({ role }) => role === 'user')
  const message = request.messages[lastMessage]?.text ?? ''
  const replies = scripts.get(message) ?? readScript(message)
  // Frames are made once for each reply object, so a repeated script stays the same object.
  scripts.set(message, replies)
  const answered = request.messages.slice(lastMessage + 1).filter(({ role }) => role === 'assistant').length
  return replies[answered] ?? replies.at(-1) ?? inWords
}

function readScript(message: string): Reply[] {
  const at = message.indexOf('{"replies":')
  if (at < 0) return [inWords]
  const { replies } = JSON.parse(message.slice(at, message.lastIndexOf('}') + 1)) as { replies: Reply[] }
  return replies
}

const server = await startModelServer(replyTo, { port: Number(values.port), record: false })
process.stdout.write(`${JSON.stringify({ url: server.url })}\n`)
for (const ending of ['SIGINT', 'SIGTERM'] as const) process.once(ending, () => void server.close())
