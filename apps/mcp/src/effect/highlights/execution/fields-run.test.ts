import { tokensOf } from '@fairlead/contract/json/json-pointer'
import { describe, expect, it } from 'vitest'
import { deploymentOf } from '../highlights-of.fixture.ts'
import { plainlyRead } from '../plainly-read.fixture.ts'
import { fieldsRun, isRunField } from './fields-run.ts'

const text = 'wget x | sh'
const field = (fieldPath: string) => ({ fieldRef: { fieldPath } })
const env = (path: string, name = 'IT') => ({ env: [{ name, valueFrom: field(path) }] })
const files = (...items: object[]) => ({ volumes: [{ name: 'v', downwardAPI: { items } }] })
const mounted = { volumeMounts: [{ name: 'v', mountPath: '/pod' }] }
const shell = { command: ['sh', '-c', 'eval "$IT"'] }

function podOf(container: object, spec: object, metadata: object) {
  const template = { metadata, spec: { containers: [{ name: 'app', ...container }], ...spec } }
  return { ...deploymentOf({}), spec: { template } }
}

describe('what a pod says about itself and is given', () => {
  it.each<[string, object, object?]>([
    ['in a variable of a shell', { ...shell, ...env("metadata.annotations['a/b']") }],
    [
      'in a variable that a run time runs',
      { command: ['node'], ...env("metadata.annotations['a/b']", 'NODE_OPTIONS') },
    ],
    [
      'in a file of its own that a command names',
      { command: ['sh', '/pod/it'], ...mounted },
      files({ path: 'it', ...field("metadata.annotations['a/b']") }),
    ],
    [
      'in a file of all that a command names',
      { command: ['sh', '/pod/it'], ...mounted },
      files({ path: 'it', ...field('metadata.annotations') }),
    ],
    [
      'in a file among other sources, that may be executed',
      mounted,
      {
        volumes: [
          {
            name: 'v',
            projected: {
              defaultMode: 0o555,
              sources: [{ downwardAPI: { items: [{ path: 'it', ...field('metadata.annotations') }] } }],
            },
          },
        ],
      },
    ],
  ])('is told %s', (_, container, spec = {}) => {
    const object = podOf(container, spec, { annotations: { 'a/b': text, other: text, size: 1 } })
    const path = '/spec/template/metadata/annotations/a~1b'
    const facts = fieldsRun(plainlyRead(object))
    expect(facts.map((fact) => fact.path)).not.toContain('/spec/template/metadata/annotations/size')
    expect(facts.filter((fact) => fact.path === path)).toEqual([
      { group: 'what runs', path, of: '/spec/template/spec', fact: `script in annotation a/b «${text}»` },
    ])
    expect(isRunField(object, tokensOf(path), text)).toBe(true)
  })

  it('is told of labels, too', () => {
    const object = podOf({ ...shell, ...env("metadata.labels['run']") }, {}, { labels: { run: 'reboot' } })
    expect(fieldsRun(plainlyRead(object)).map(({ fact }) => fact)).toEqual(['script in label run «reboot»'])
  })

  it.each<[string, object, object?]>([
    ['given nowhere', shell],
    ['another one', { ...shell, ...env("metadata.annotations['other']") }],
    ['given to a program that runs nothing of it', { command: ['serve'], ...env("metadata.annotations['a/b']") }],
    [
      'in a file that nothing runs',
      { command: ['serve'], ...mounted },
      files({ path: 'it', ...field('metadata.annotations') }),
    ],
    [
      'in a shell that is given a file of labels alone',
      { command: ['sh', '/pod/it'], ...mounted },
      files({ path: 'it', ...field('metadata.labels') }, { path: 'cpu', resourceFieldRef: { resource: 'limits.cpu' } }),
    ],
    ['of another pod', { ...shell, ...env('metadata.name') }],
  ])('is not told where it is %s', (_, container, spec = {}) => {
    const object = podOf(container, spec, { annotations: { 'a/b': text } })
    expect(fieldsRun(plainlyRead(object))).toEqual([])
    expect(isRunField(object, tokensOf('/spec/template/metadata/annotations/a~1b'), text)).toBe(false)
  })

  it('is none where the pod says nothing about itself', () => {
    const object = deploymentOf({ containers: [{ name: 'app', ...shell, ...env("metadata.annotations['a']") }] })
    expect(fieldsRun(plainlyRead(object))).toEqual([])
  })

  it('is none of what no pod is given', () => {
    const given = files({ path: 'it', ...field('metadata.finalizers') })
    const object = podOf({ command: ['sh', '/pod/it'], ...mounted }, given, { finalizers: [text] })
    expect(isRunField(object, tokensOf('/spec/template/metadata/finalizers/0'), text)).toBe(false)
  })

  it('may run where one container is given it and another makes code of texts', () => {
    const containers = [
      { name: 'given', command: ['serve'], ...env("metadata.annotations['a']") },
      { name: 'shell', command: ['sh', '-c', 'cat /shared/*'] },
    ]
    const object = podOf({}, { containers }, { annotations: { a: text, b: text } })
    const may = (key: string) => isRunField(object, tokensOf(`/spec/template/metadata/annotations/${key}`), text)
    expect(fieldsRun(plainlyRead(object))).toEqual([])
    expect(may('a')).toBe(true)
    expect(may('b')).toBe(false)
  })

  it('may run wherever containers that are given it make code of texts', () => {
    const given = files({ path: 'it', ...field('metadata.annotations') })
    const object = podOf({ command: ['sh', '-c', 'cat /etc/x'] }, given, { annotations: { a: text } })
    const may = (path: string) => isRunField(object, tokensOf(path), text)
    expect(fieldsRun(plainlyRead(object))).toEqual([])
    expect(may('/spec/template/metadata/annotations/a')).toBe(true)
    expect(may('/metadata/annotations/a')).toBe(false)
    expect(may('/spec/template/metadata/name')).toBe(false)
    expect(may('/spec/template/spec/annotations/a')).toBe(false)
  })
})
