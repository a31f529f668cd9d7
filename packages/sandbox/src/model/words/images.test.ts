import { expect, test } from 'vitest'
import { imagesOf } from './images.ts'

test.each([
  ['set web to registry.example:5000/team/web:1.2.3-rc1', ['registry.example:5000/team/web:1.2.3-rc1']],
  ['set web to version 2.4', ['2.4']],
  ['change the tag of web to stable', ['stable']],
  ['set the image of web in lab to latest', ['latest']],
  [`deploy web@sha256:${'a'.repeat(64)}`, [`web@sha256:${'a'.repeat(64)}`]],
  ['why is https://shop.example down', []],
])('images of "%s"', (question, images) => {
  expect(imagesOf(question)).toEqual(images)
})
