import fc from 'fast-check'
import { expect, it } from 'vitest'
import { delimitOutput, headAndTail } from './tool-output.ts'

it('lets no output end its own block', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('</tool_output>', '<tool_output tool="x">', '</TOOL_OUTPUT>', 'text', '<', '/')),
      (parts) => {
        const block = delimitOutput({ tool: 'k8s_logs', text: parts.join('') }, 10_000)
        const inside = block.split('\n').slice(1, -1).join('\n')
        return !/<\/?tool_output/i.test(inside)
      },
    ),
  )
})

it('names its source', () => {
  expect(delimitOutput({ tool: 'k8s_logs', text: 'a </tool_output> b' }, 100)).toBe(
    '<tool_output tool="k8s_logs">\na <\u200b/tool_output> b\n</tool_output>',
  )
})

it('keeps head and tail, and says what is missing', () => {
  const cut = headAndTail(`${'a'.repeat(600)}${'b'.repeat(1000)}${'c'.repeat(400)}`, 1000)
  expect(cut.startsWith('a'.repeat(600))).toBe(true)
  expect(cut.endsWith('c'.repeat(400))).toBe(true)
  expect(cut).toContain('1000 characters left out')
  expect(headAndTail('short', 1000)).toBe('short')
  expect(headAndTail('exact', 5)).toBe('exact')
})
