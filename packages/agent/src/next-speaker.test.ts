import { expect, it } from 'vitest'
import { NUDGE, nextSpeakerQuery, saysModel } from './next-speaker.ts'

it.each([
  ['{"reasoning":"announced a step","next_speaker":"model"}', true],
  ['{"reasoning":"done","next_speaker":"user"}', false],
  ['{"next_speaker":["model"]}', false],
  ['{"speaker":"model"}', false],
  ['"model"', false],
  ['model', false],
  ['null', false],
  ['', false],
])('%j gives the model the word: %s', (answer, says) => {
  expect(saysModel(answer)).toBe(says)
})

it('asks about the last six messages, for an answer of one form', () => {
  const messages = Array.from({ length: 9 }, (_, at) => ({ role: 'assistant' as const, content: `${at}` }))
  const query = nextSpeakerQuery(messages)
  expect(query.messages.map(({ content }) => content)).toEqual(['3', '4', '5', '6', '7', '8'])
  expect(query.instruction).toMatch(/^Who should speak next\? .* "next_speaker": "user" \| "model"\}\.$/)
  expect(query.schema).toEqual({
    type: 'object',
    properties: { reasoning: { type: 'string' }, next_speaker: { type: 'string', enum: ['user', 'model'] } },
    required: ['reasoning', 'next_speaker'],
    additionalProperties: false,
  })
  expect(NUDGE).toBe('Go on with the next step that you announced.')
})
