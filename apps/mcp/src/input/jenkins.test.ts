import { expect, test } from 'vitest'
import { InvalidInput } from './invalid-input.ts'
import { buildName, jenkinsUrl, jobName, secretRef, treeExpression } from './jenkins.ts'

test('a job is named by its folders and its name, spaces within them', () => {
  expect(jobName('job', ' shop/web build ')).toEqual({ full: 'shop/web build', parts: ['shop', 'web build'] })
  expect(jobName('job', 'app/feature%2Flogin').parts).toEqual(['app', 'feature%2Flogin'])
})

test.each([
  '',
  ' ',
  '-x',
  'a//b',
  '/a',
  'a/',
  '../a',
  'a/..',
  './a',
  'a?b',
  'a#b',
  'a\\b',
  'a%2f',
  'a%2f..',
  '%2e%2e',
  '%2E%2E%2Fadmin',
  'a%252fb',
  'a%5cb',
  'a%00',
  'a%0ab',
  'a%',
  'a%zz',
  'a%ff',
  'a\nb',
  'a'.repeat(1_001),
])('%j is no job', (value) => {
  expect(() => jobName('job', value)).toThrow(InvalidInput)
})

test('a build is a number or one of the names that Jenkins has', () => {
  expect(buildName('build', ' 12 ')).toBe('12')
  expect(buildName('build', 'lastfailedbuild')).toBe('lastFailedBuild')
  for (const value of ['', '0', '-1', '1.5', '../../x', 'latest', '12345678901'])
    expect(() => buildName('build', value), value).toThrow('build must be a number or one of lastBuild, ')
})

test('a tree names fields, balanced', () => {
  expect(treeExpression('tree', 'builds[number,actions[*]]{0,5}')).toBe('builds[number,actions[*]]{0,5}')
  for (const value of ['', 'a[b', 'a]b[', 'a b', 'a&b', 'a/b', 'a[b}', 'a'.repeat(501)])
    expect(() => treeExpression('tree', value), value).toThrow(InvalidInput)
})

test('an address of a Jenkins has no login, no query, and is no address at which machines are told of themselves', () => {
  expect(jenkinsUrl('api_url', 'https://ci.example/jenkins/')).toBe('https://ci.example/jenkins')
  expect(jenkinsUrl('api_url', 'http://127.0.0.1:8080')).toBe('http://127.0.0.1:8080')
  for (const value of [
    'ftp://ci.example',
    'ci.example',
    'https://a:b@ci.example',
    'https://ci.example?x=1',
    'https://ci.example#x',
    'http://169.254.169.254',
    'http://0xA9FEA9FE',
    'http://[fe80::1]',
    'http://[::ffff:169.254.169.254]',
    'http://[fd00:ec2::254]',
    'http://metadata.google.internal',
  ])
    expect(() => jenkinsUrl('api_url', value), value).toThrow(InvalidInput)
})

test('a Secret is named by namespace and name, with one slash', () => {
  expect(secretRef('ref', 'fairlead-integrations/jenkins-cred-1')).toEqual({
    namespace: 'fairlead-integrations',
    name: 'jenkins-cred-1',
  })
  for (const value of ['a', 'a/b/c', '/b', 'a/', 'A/b', '../b'])
    expect(() => secretRef('ref', value), value).toThrow(InvalidInput)
})
