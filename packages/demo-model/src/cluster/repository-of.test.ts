import { expect, test } from 'vitest'
import { repositoryOf } from './repository-of.ts'

test.each([
  ['nginx', 'nginx'],
  ['docker.io/shop/web:1', 'docker.io/shop/web'],
  ['localhost:5000/web', 'localhost:5000/web'],
  [`a.example/web@sha256:${'a'.repeat(64)}`, 'a.example/web'],
])('%s is an image of %s', (image, repository) => {
  expect(repositoryOf(image)).toBe(repository)
})
