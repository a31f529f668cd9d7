import { expect, it } from 'vitest'
import { saysModel } from './next-speaker.ts'

it.each([
  ['{"reasoning":"announced a step","next_speaker":"model"}', true],
  ['{"reasoning":"done","next_speaker":"user"}', false],
  ['{"next_speaker":["model"]}', false],
  ['model', false],
  ['null', false],
  ['', false],
])('%j gives the model the word: %s', (answer, says) => {
  expect(saysModel(answer)).toBe(says)
})
