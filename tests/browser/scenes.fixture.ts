import type { ModelRequest } from '@fairlead/testing/model/model-request'
import { plainReply, type Reply, type ScriptedToolCall } from '@fairlead/testing/model/model-script'

/** What the model does about one question: its turns in order, or a function of what tools have answered since. */
export type Scene = readonly Reply[] | ((seen: SeenSince) => Reply)
export type SeenSince = {
  /** How many turns the scene has had. */
  turns: number
  answers: { name: string; args: unknown; text: string }[]
}

export type Scenes = {
  /** Says what the model does whenever it is asked exactly this. */
  play(message: string, scene: Scene): void
  reply(request: ModelRequest): Reply
}

const loading = 'load_toolset'
/** The toolset of a tool is the beginning of its name. */
const loadTools = (tool: string): Reply => ({
  toolCalls: [{ name: loading, args: { toolset: tool.split('_')[0], include_write_tools: true } }],
})
const done: Reply = { text: 'That is all I have to say.' }

/** A model that knows each question by heart. It loads its tools by itself, and ends with a sentence. */
export function createScenes(): Scenes {
  const scenes = new Map<string, Scene>()
  return {
    play: (message, scene) => void scenes.set(message, scene),
    reply: (request) => {
      if (!request.isStreamed) return plainReply
      const messageIndex = request.messages.findLastIndex(({ role }) => role === 'user')
      const scene = scenes.get(request.messages[messageIndex]?.text ?? '') ?? []
      const reply = nextOf(scene, seenSince(request, messageIndex))
      const offered = new Set(request.tools.map(({ name }) => name))
      const missing = reply.toolCalls?.find(({ name }) => !offered.has(name))
      return missing === undefined ? reply : loadTools(missing.name)
    },
  }
}

function nextOf(scene: Scene, seen: SeenSince): Reply {
  return typeof scene === 'function' ? scene(seen) : (scene[seen.turns] ?? done)
}

function seenSince({ messages }: ModelRequest, messageIndex: number): SeenSince {
  const since = messages.slice(messageIndex + 1)
  const calls = since.flatMap(({ toolCalls }) => toolCalls)
  const isLoading = ({ toolCalls }: (typeof since)[number]) => toolCalls.some(({ name }) => name === loading)
  return {
    turns: since.filter((message) => message.role === 'assistant' && !isLoading(message)).length,
    answers: since.flatMap(({ role, toolCallId, text }) => {
      const call = role === 'tool' ? calls.find(({ id }) => id === toolCallId) : undefined
      return call && call.name !== loading ? [{ name: call.name, args: call.args, text }] : []
    }),
  }
}

export const toolCall = (name: string, args: Record<string, unknown>): ScriptedToolCall => ({ name, args })
