import { expect, test } from 'vitest'
import { digestOf } from '../json/digest.ts'
import { toolDigest } from './tool-digest.ts'

const properties = { name: { type: 'string' } }
const tool = { name: 'k8s_get', inputSchema: { type: 'object', properties }, annotations: { readOnlyHint: true } }

test('is taken over name, schema and annotations, and nothing else of the tool', () => {
  const digest = digestOf(tool)
  expect(toolDigest(tool)).toBe(digest)
  expect(toolDigest({ ...tool, title: 'Get' } as typeof tool)).toBe(digest)
})

test.each([
  ['name', { ...tool, name: 'k8s_apply' }],
  ['schema', { ...tool, inputSchema: { ...tool.inputSchema, additionalProperties: false } }],
  ['parameter', { ...tool, inputSchema: { ...tool.inputSchema, properties: { name: { type: 'integer' } } } }],
  ['hint', { ...tool, annotations: { readOnlyHint: false } }],
  ['further hint', { ...tool, annotations: { readOnlyHint: true, destructiveHint: true } }],
  ['lack of hints', { ...tool, annotations: undefined }],
])('is another one for another %s', (_, other) => {
  expect(toolDigest(other)).not.toBe(toolDigest(tool))
})

test('is the same with the context that several clusters add, and with hints and parameters that are left out', () => {
  const withContext = { ...tool, inputSchema: { ...tool.inputSchema, properties: { ...properties, context: {} } } }
  expect(toolDigest(withContext)).toBe(toolDigest(tool))
  const bare = { name: 'k8s_whoami', inputSchema: { type: 'object' } }
  expect(toolDigest(bare)).toBe(
    digestOf({ name: 'k8s_whoami', inputSchema: { type: 'object', properties: {} }, annotations: {} }),
  )
})
