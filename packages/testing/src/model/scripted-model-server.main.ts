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
  const asked = request.messages.findLastIndex(({ role }) => role === 'user')
  const question = request.messages[asked]?.text ?? ''
  const replies = scripts.get(question) ?? readScript(question)
  // Frames are made once for each reply object, so a script that is asked again stays the same object.
  scripts.set(question, replies)
  const answered = request.messages.slice(asked + 1).filter(({ role }) => role === 'assistant').length
  return replies[answered] ?? replies.at(-1) ?? inWords
}

function readScript(question: string): Reply[] {
  const at = question.indexOf('{"replies":')
  if (at < 0) return [inWords]
  const { replies } = JSON.parse(question.slice(at, question.lastIndexOf('}') + 1)) as { replies: Reply[] }
  return replies
}

const server = await startModelServer(replyTo, { port: Number(values.port), record: false })
process.stdout.write(`${JSON.stringify({ url: server.url })}\n`)
for (const ending of ['SIGINT', 'SIGTERM'] as const) process.once(ending, () => void server.close())
