import type { ModelMessage, ModelQuery } from './model.ts'

/** Asked after a turn without tool calls in a run that has called one, so that a plan is not left half done. */
export function nextSpeakerQuery(messages: readonly ModelMessage[]): ModelQuery {
  return {
    messages: messages.slice(-6),
    instruction:
      'Who should speak next? Answer "model" only if your last message announced a next step that you can take now with your tools and have not taken. Answer "user" if the task is finished, if you asked something, or if you wait for a person. Answer with JSON: {"reasoning": string, "next_speaker": "user" | "model"}.',
    schema: {
      type: 'object',
      properties: { reasoning: { type: 'string' }, next_speaker: { type: 'string', enum: ['user', 'model'] } },
      required: ['reasoning', 'next_speaker'],
      additionalProperties: false,
    },
  }
}

/** What leads the model on; stands before the turn it leads to, and in no timeline. */
export const NUDGE = 'Go on with the next step that you announced.'

/** True only for a clear answer that the model should go on; anything else leaves the word to the user. */
export function saysModel(answer: string): boolean {
  try {
    const { next_speaker } = JSON.parse(answer) as { next_speaker?: unknown }
    return next_speaker === 'model'
  } catch {
    return false
  }
}
