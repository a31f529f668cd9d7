import { expect, test } from 'vitest'
import { isImage } from './is-image.ts'

test.each([
  ['registry.example:5000/team/web:1.2.3-rc1', true],
  ['web:stable', true],
  [`web@sha256:${'a'.repeat(64)}`, true],
  ['2.4', true],
  ['v2.4.1-rc.1', true],
  ['https://shop.example', false],
  ['https:8080', false],
  ['stable', false],
  ['shop/web', false],
  ['24', false],
  ['web:', false],
])('"%s" is an image or a version: %s', (word, expected) => {
  expect(isImage(word)).toBe(expected)
})
