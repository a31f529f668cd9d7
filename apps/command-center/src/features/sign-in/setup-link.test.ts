import { expect, test } from 'vitest'
import { secretOfLink, secretOfText } from './setup-link.ts'

test.each([
  ['http://localhost:3000/welcome#secret=abc-_123', 'abc-_123'],
  ['http://localhost:3000/welcome?x=1#a=b&secret=abc', 'abc'],
  ['#secret=a%2Bb%2F%3D', 'a+b/='],
  // As a person writes it by hand.
  ['#secret=a+b/==', 'a+b/=='],
  ['#secret=100%', '100%'],
  ['http://localhost:3000/welcome', undefined],
  ['http://localhost:3000/welcome?secret=abc', undefined],
  ['#secret=', undefined],
  ['#other=abc', undefined],
  ['#notsecret=abc', undefined],
])('the secret of %s is %s', (link, secret) => {
  expect(secretOfLink(link)).toBe(secret)
})

test.each([
  [' http://localhost:3000/welcome#secret=abc\n', 'abc'],
  ['  abc ', 'abc'],
  ['  ', undefined],
])('pasted as %j it is %s', (text, secret) => {
  expect(secretOfText(text)).toBe(secret)
})
