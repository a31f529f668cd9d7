import { expect, test } from 'vitest'
import { digestOf, repositoryOf, wholeImageName } from './image-name.ts'

test.each([
  ['nginx', 'docker.io/library/nginx:latest', 'docker.io/library/nginx'],
  ['shop/web:1', 'docker.io/shop/web:1', 'docker.io/shop/web'],
  ['localhost:5000/web', 'localhost:5000/web:latest', 'localhost:5000/web'],
  [`a.example/web@sha256:${'a'.repeat(64)}`, `a.example/web@sha256:${'a'.repeat(64)}`, 'a.example/web'],
])('%s is %s of %s', (image, whole, repository) => {
  expect(wholeImageName(image)).toBe(whole)
  expect(repositoryOf(whole)).toBe(repository)
})

test('an image that is named by its digest has that digest', () => {
  const digest = digestOf('a.example/web:1')
  expect(digest).toMatch(/^[0-9a-f]{64}$/)
  expect(digestOf(`a.example/web@sha256:${digest}`)).toBe(digest)
  expect(digestOf('a.example/web:2')).not.toBe(digest)
})
