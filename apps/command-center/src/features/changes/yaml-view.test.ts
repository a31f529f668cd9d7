import { effectOf } from '@fairlead/client/conversation/call-view.fixture'
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff'
import { expect, test } from 'vitest'
import { markupOf, textOf } from '../call/page-text.fixture.ts'
import { YamlView } from './yaml-view.tsx'

const [object] = effectOf().objects
const viewOf = (diff: string | undefined) => textOf(markupOf(YamlView, { objects: [{ ...object, diff }] as never }))

test('every line of the diff is on the screen, with its sign', () => {
  const [before, after] = ['a: 1\nb: 2\nc: 3\n', 'a: 1\nb: 7\nc: 3\nd: 4\n']
  const diff = createTwoFilesPatch('live x', 'result x', before, after, undefined, undefined, {
    headerOptions: FILE_HEADERS_ONLY,
  })
  const screen = viewOf(diff)
  for (const line of ['-b: 2', '+b: 7', '+d: 4', ' a: 1']) expect(screen).toContain(line)
  expect(screen).toContain('Deployment shop/web')
})

test('a note of the server, a missing diff and secrets are said', () => {
  expect(viewOf('--- live x\n+++ result x\n+a: 1\n[diff cut: 7 more lines]\n')).toContain('[diff cut: 7 more lines]')
  expect(viewOf(undefined)).toContain('The server sent no diff for this object.')
  // A name hides nothing that is about to be written.
  expect(viewOf('+password: rm -rf /\n')).toContain('rm -rf /')
  const masked = viewOf('-password: hunter2\n')
  expect(masked).not.toContain('hunter2')
  expect(masked).toContain('Show masked values')
})
