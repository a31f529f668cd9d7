import type { ModelRequest } from '@fairlead/testing/model/model-request'
import { plainReply, type Reply, type ScriptedToolCall } from '@fairlead/testing/model/model-script'

type Script = { calls: ScriptedToolCall[] } | { words: number; perSecond: number }

const done: Reply = { text: 'Done, as far as I can see.' }
const loadTools = (toolsets: readonly string[]): Reply => ({
  toolCalls: toolsets.map((toolset) => ({ name: 'load_toolset', args: { toolset, include_write_tools: true } })),
})

/** A question whose answer is this turn: the person's message is the model's script. */
export function messageFor(script: Script): string {
  return JSON.stringify(script)
}

/** The turn that the last question asks for, its tools loaded first; once they have answered, a few words. */
export function scriptedByMessage(request: ModelRequest): Reply {
  if (!request.isStreamed) return plainReply
  const message = request.messages.findLast(({ role }) => role === 'user')?.text ?? ''
  if (!message.startsWith('{')) return done
  const script: Script = JSON.parse(message)
  if ('words' in script) return { text: { pieces: script.words }, pace: { piecesPerSecond: script.perSecond } }
  const offered = new Set(request.tools.map(({ name }) => name))
  const missing = script.calls.filter(({ name }) => !offered.has(name)).map(({ name }) => name.split('_')[0] ?? '')
  // What is not there even then is called all the same.
  if (missing.length > 0 && !isLoaded(request)) return loadTools([...new Set(missing)])
  return request.messages.at(-1)?.toolCallId === undefined || isLoaded(request) ? { toolCalls: script.calls } : done
}

/** The last word was that of `load_toolset`, so the script's own turn is still to come. */
function isLoaded({ messages }: ModelRequest): boolean {
  const answered = messages.at(-1)?.toolCallId
  return messages.some(({ toolCalls }) => toolCalls.some(({ id, name }) => id === answered && name === 'load_toolset'))
}
