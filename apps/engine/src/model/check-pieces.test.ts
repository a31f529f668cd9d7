import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { jsonSchema, type Schema } from '@ai-sdk/provider-utils'
import { expect, test } from 'vitest'
import { checkPiecesAtOnce } from './check-pieces.ts'
import { chatFrames } from './model-server.fixture.ts'
import { done } from './turn.fixture.ts'

const prompt = [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'Hello' }] }]

test('every piece of an answer is checked by the one schema, whose faults are still the library’s', async () => {
  const pieces = [{ content: 'Look' }, { content: 7 }, { finish_reason: 'stop' }]
  const fetch = async () =>
    new Response(chatFrames(...pieces) + done, { headers: { 'content-type': 'text/event-stream' } })
  const model = checkPiecesAtOnce(createOpenAICompatible({ name: 'test', baseURL: 'http://model', fetch })('test'))
  const schema = Reflect.get(model, 'chunkSchema') as Schema
  const checked: boolean[] = []
  const counted = jsonSchema(
    {},
    {
      validate: async (value) => {
        const result = await schema.validate?.(value)
        checked.push(result?.success ?? false)
        return result ?? { success: false, error: new Error('nothing checks it') }
      },
    },
  )
  Reflect.set(model, 'chunkSchema', counted)
  const { stream } = await model.doStream({ prompt })
  const types: string[] = []
  for await (const { type } of stream) types.push(type)
  expect(checked).toEqual([true, false, true])
  expect(types).toContain('error')
})

test('a model without such a schema is left as it is', () => {
  expect(checkPiecesAtOnce({ chunkSchema: 'other' })).toEqual({ chunkSchema: 'other' })
})
