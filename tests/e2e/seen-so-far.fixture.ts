import type { ModelRequest } from '@fairlead/testing/model/model-request'

export type SeenAnswer = { tool: string; args: Record<string, unknown>; text: string }

/** What a scripted model may go by: the person's last message, and what tools have answered since. */
export type SeenSoFar = { message: string; answers: SeenAnswer[]; canWrite: boolean }

export function seenSoFar({ messages, tools }: ModelRequest): SeenSoFar {
  const messageIndex = messages.findLastIndex(({ role }) => role === 'user')
  const since = messages.slice(messageIndex + 1)
  const calls = since.flatMap(({ toolCalls }) => toolCalls)
  return {
    message: messages[messageIndex]?.text ?? '',
    answers: since.flatMap(({ role, toolCallId, text }) => {
      const call = role === 'tool' ? calls.find(({ id }) => id === toolCallId) : undefined
      return call ? [{ tool: call.name, args: call.args as Record<string, unknown>, text }] : []
    }),
    canWrite: tools.some(({ name }) => name === 'k8s_scale'),
  }
}
