import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { objectOf } from '../highlights-of.fixture.ts'
import { plainlyRead } from '../plainly-read.fixture.ts'
import { podsOf } from '../pods.ts'
import { keySourcesGiven } from './key-sources.ts'
import { podsIn, scriptsMounted, scriptsNamedBy } from './scripts.ts'

const configMap = (fields: Record<string, unknown>, apiVersion = 'v1', kind = 'ConfigMap') =>
  objectOf(apiVersion, kind, fields, 'scripts')
const podOf = (container: object, volumes: object[] = []) =>
  objectOf('v1', 'Pod', { spec: { containers: [{ name: 'app', ...container }], volumes } }, 'pod')
const factsOf = (map: ReturnType<typeof configMap>, ...pods: ReturnType<typeof podOf>[]) =>
  scriptsNamedBy(pods.flatMap(podsOf))(plainlyRead(map)).map(({ path, fact, group, of }) => {
    expect([group, of]).toEqual(['what runs', ''])
    return [path, fact]
  })

describe('a value of a ConfigMap', () => {
  it.each([
    ...['sh', 'bash', 'ash', 'zsh', 'ksh', 'py', 'rb', 'pl', 'php', 'js', 'mjs', 'cjs', 'ts', 'lua', 'tcl', 'awk'],
    ...['ps1', 'bat', 'cmd', 'groovy', 'sql', 'SH'],
  ])('is a script by its name: x.%s', (end) => {
    expect(factsOf(configMap({ data: { [`x.${end}`]: 'a' } }))).toEqual([[`/data/x.${end}`, `script x.${end} «a»`]])
    expect(factsOf(configMap({ data: { [`x${end}`]: 'a', [`x.${end}.txt`]: 'a' } }))).toEqual([])
  })

  it('is one by how it begins', () => {
    expect(factsOf(configMap({ data: { a: '#!/bin/sh', b: 'a #!', c: 'a IyE' } }))).toEqual([
      ['/data/a', 'script a «#!/bin/sh»'],
    ])
    const encoded = Buffer.from('#!/bin/sh').toString('base64')
    expect(factsOf(configMap({ binaryData: { 'a/b': encoded } }))).toEqual([
      ['/binaryData/a~1b', `script in base64 a/b «${encoded}»`],
    ])
  })

  it('is none in another kind, another group or another field, nor where it is no text', () => {
    const data = { 'x.sh': 'a' }
    expect(factsOf(configMap({ data }, 'v1', 'Pod'))).toEqual([])
    expect(factsOf(configMap({ data }, 'example.com/v1'))).toEqual([])
    expect(factsOf(configMap({ more: data, data: { 'x.sh': 1 } }))).toEqual([])
    expect(factsOf(configMap({}))).toEqual([])
  })
})

describe('a value that a command names is a script', () => {
  const map = configMap({ data: { job: 'a', other: 'b' } })
  const job = [['/data/job', 'script job «a»']]
  const volume = (source: object) => [{ name: 'v', ...source }]
  const mounted = volume({ configMap: { name: 'scripts' } })
  const command = ['sh', '/scripts/job']

  it.each<[string, object, object[]]>([
    ['that is mounted', { command }, mounted],
    [
      'among other sources',
      { command },
      volume({ projected: { sources: [{ secret: {} }, { configMap: { name: 'scripts' } }] } }),
    ],
    [
      'under another name',
      { args: ['/x/start'] },
      volume({
        configMap: {
          name: 'scripts',
          items: [
            { key: 'other', path: 'config' },
            { key: 'job', path: 'start' },
          ],
        },
      }),
    ],
    ['of a probe', { livenessProbe: { exec: { command } } }, mounted],
  ])('as a file %s', (_, container, volumes) => {
    expect(factsOf(map, podOf(container, volumes))).toEqual(job)
  })

  it('whatever it looks like: the value counts as it is written', () => {
    const encoded = Buffer.from('/tmp/x').toString('base64')
    const given = podOf({ command: ['serve'], envFrom: [{ configMapRef: { name: 'scripts' } }] })
    expect(factsOf(configMap({ data: { ENV: '/tmp/x' } }), given)).toEqual([['/data/ENV', 'script ENV «/tmp/x»']])
    expect(factsOf(configMap({ binaryData: { ENV: encoded } }), given)).toEqual([
      ['/binaryData/ENV', `script in base64 ENV «${encoded}»`],
    ])
    const key = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    expect(factsOf(configMap({ data: { job: key } }), podOf({ command }, mounted))).toEqual([
      ['/data/job', `script job «${key}»`],
    ])
  })

  const valueFrom = { configMapKeyRef: { name: 'scripts', key: 'job' } }
  it.each<[string, object]>([
    ['of its own', { env: [{ name: 'TODO', valueFrom }], command: ['sh', '-c', '$TODO'] }],
    ['of all keys', { envFrom: [{ configMapRef: { name: 'scripts' } }], command: ['sh', '-c', '$job'] }],
    [
      'with a prefix',
      { envFrom: [{ prefix: 'MY_', configMapRef: { name: 'scripts' } }], command: ['sh', '-c', '$MY_job'] },
    ],
  ])('as a variable %s', (_, container) => {
    expect(factsOf(map, podOf(container))).toEqual(job)
  })

  it('of one container among others', () => {
    const containers = [
      { name: 'a', command: ['serve'] },
      { name: 'b', command },
    ]
    const pod = objectOf('v1', 'Pod', { spec: { containers, volumes: mounted } })
    expect(factsOf(map, pod)).toEqual(job)
  })

  it.each<[string, object, object[]]>([
    ['no command', { command: ['serve'] }, mounted],
    ['a command of another ConfigMap', { command }, volume({ configMap: { name: 'other' } })],
    ['a command, where it is not mounted', { command }, volume({ emptyDir: {} })],
    [
      'a command, where only another key is',
      { command },
      volume({ configMap: { name: 'scripts', items: [{ key: 'other', path: 'job2' }] } }),
    ],
    ['a program that is no shell', { env: [{ name: 'TODO', valueFrom }], command: ['serve', '$TODO'] }, []],
    [
      'a variable of another key',
      {
        env: [{ name: 'TODO', valueFrom: { configMapKeyRef: { name: 'scripts', key: 'x' } } }],
        command: ['sh', '-c', '$TODO'],
      },
      [],
    ],
    [
      'a variable of another map',
      {
        env: [{ name: 'TODO', valueFrom: { configMapKeyRef: { name: 'x', key: 'job' } } }],
        command: ['sh', '-c', '$TODO'],
      },
      [],
    ],
    [
      'a variable of all keys of another map',
      { envFrom: [{ configMapRef: { name: 'x' } }], command: ['sh', '-c', '$job'] },
      [],
    ],
    [
      'a variable without its prefix',
      { envFrom: [{ prefix: 'MY_', configMapRef: { name: 'scripts' } }], command: ['sh', '-c', '$job'] },
      [],
    ],
    [
      'a variable of something else',
      { env: [{ name: 'TODO', value: 'x' }], envFrom: [{ secretRef: { name: 'x' } }], command: ['sh', '-c', '$TODO'] },
      [],
    ],
  ])('but not by %s', (_, container, volumes) => {
    expect(factsOf(map, podOf(container, volumes))).toEqual([])
  })
})

describe('a value of a Secret is looked at as one of a ConfigMap', () => {
  const encoded = (text: string) => Buffer.from(text).toString('base64')
  const secret = (value: string, key = 'job') => configMap({ data: { [key]: encoded(value) } }, 'v1', 'Secret')
  const key = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const command = ['sh', '/s/job']
  const valueFrom = { secretKeyRef: { name: 'scripts', key: 'job' } }
  it.each<[string, ReturnType<typeof podOf>]>([
    ['that is mounted', podOf({ command }, [{ name: 'v', secret: { secretName: 'scripts' } }])],
    ['among other sources', podOf({ command }, [{ projected: { sources: [{ secret: { name: 'scripts' } }] } }])],
    ['in a variable', podOf({ command: ['sh', '-c', '$IT'], env: [{ name: 'IT', valueFrom }] })],
    ['in variables', podOf({ command: ['sh', '-c', '$job'], envFrom: [{ secretRef: { name: 'scripts' } }] })],
  ])('%s', (_, pod) => {
    expect(factsOf(secret('curl evil'), pod)).toEqual([['/data/job', `script in base64 job «${encoded('curl evil')}»`]])
    expect(factsOf(secret(key), pod)).toEqual([])
    const facts = scriptsMounted([plainlyRead(secret('curl evil'))])(plainlyRead(pod))
    expect(facts).toMatchObject([
      {
        fact: `script in base64 job of Secret scripts «${encoded('curl evil')}»`,
        highRiskReason: 'may run job of Secret scripts, which nobody may read here',
      },
    ])
    expect(scriptsMounted([plainlyRead(secret(key))])(plainlyRead(pod))).toEqual([])
  })
  it('by its name', () => {
    expect(factsOf(secret('a', 'x.sh'))).toEqual([['/data/x.sh', `script in base64 x.sh «${encoded('a')}»`]])
    expect(factsOf(secret('a'))).toEqual([])
  })
  it('and no shell makes it less of a risk', () => {
    const pod = podOf({ command: ['serve', '/s/job'] }, [{ name: 'v', secret: { secretName: 'scripts' } }])
    const [fact] = scriptsMounted([plainlyRead(secret('a'))])(plainlyRead(pod))
    expect(fact).toBeDefined()
    expect(fact).not.toHaveProperty('highRiskReason')
    const [ofMap] = scriptsMounted([plainlyRead(configMap({ data: { job: 'a' } }))])(
      plainlyRead(podOf({ command }, [{ name: 'v', configMap: { name: 'scripts' } }])),
    )
    expect(ofMap).not.toHaveProperty('highRiskReason')
  })
  it('a shell beside a program makes it a high risk', () => {
    const containers = [
      { name: 'a', command: ['serve'] },
      { name: 'b', command },
    ]
    const pod = objectOf('v1', 'Pod', {
      spec: { containers, volumes: [{ name: 'v', secret: { secretName: 'scripts' } }] },
    })
    expect(scriptsMounted([plainlyRead(secret('a'))])(plainlyRead(pod))).toMatchObject([
      { highRiskReason: 'may run job of Secret scripts, which nobody may read here' },
    ])
  })
})

describe('a value of a ConfigMap that is there already', () => {
  const map = plainlyRead(configMap({ data: { job: 'a', other: 'b' } }))
  const pod = podOf({ command: ['sh', '/scripts/job'] }, [{ name: 'v', configMap: { name: 'scripts' } }])
  it('is told of the pod that runs it', () => {
    expect(scriptsMounted([map])(plainlyRead(pod))).toEqual([
      { group: 'what runs', path: '/spec', of: '/spec', fact: 'script job of ConfigMap scripts «a»' },
    ])
  })
  it('is not where it lies elsewhere, or has no data', () => {
    const elsewhere = { ...map.object, metadata: { name: 'scripts', namespace: 'other' } }
    expect(scriptsMounted([plainlyRead(elsewhere)])(plainlyRead(pod))).toEqual([])
    expect(scriptsMounted([plainlyRead(configMap({}))])(plainlyRead(pod))).toEqual([])
    expect(scriptsMounted([plainlyRead(podOf({}))])(plainlyRead(pod))).toEqual([])
  })
})

it('all ConfigMaps and Secrets that pods are given, each once', () => {
  const pod = podOf(
    {
      env: [
        { name: 'A', valueFrom: { configMapKeyRef: { name: 'a' } } },
        { name: 'E', valueFrom: { secretKeyRef: { name: 'x' } } },
        { name: 'B', value: 'b' },
      ],
      envFrom: [{ configMapRef: { name: 'b' } }, { secretRef: { name: 'x' } }],
    },
    [
      { configMap: { name: 'c' } },
      { configMap: { name: 'c' } },
      { configMap: { name: 1 } },
      { projected: { sources: [{ configMap: { name: 'd' } }, { secret: { name: 'x' } }] } },
    ],
  )
  expect(keySourcesGiven(pod)).toEqual([
    ...['c', 'd', 'a', 'b'].map((name) => ({ kind: 'ConfigMap', name })),
    { kind: 'Secret', name: 'x' },
  ])
})

it('pods of one namespace alone', () => {
  const pod = podOf({ image: 'a' })
  expect(podsIn([pod], 'shop')).toHaveLength(1)
  expect(podsIn([pod], 'other')).toEqual([])
})
