import { describe, expect, it } from 'vitest'
import { withoutGenerated } from './generated-fields.ts'
import type { KubeObject } from './kube-object.ts'

const service = (spec: object, apiVersion = 'v1', kind = 'Service'): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name: 's' },
  spec,
})

describe('of a Service', () => {
  it.each([
    ['clusterIP', '10.0.0.1'],
    ['clusterIPs', ['10.0.0.1']],
    ['healthCheckNodePort', 30_001],
  ])('%s is made up', (key, value) => {
    const after = service({ type: 'x', [key]: value })
    expect(withoutGenerated(after, {})).toEqual({ object: service({ type: 'x' }), generated: [`/spec/${key}`] })
    expect(withoutGenerated(after, { before: after })).toEqual({ object: after, generated: [] })
    expect(withoutGenerated(after, { manifest: after })).toEqual({ object: after, generated: [] })
    for (const other of [service({ [key]: value }, 'example.com/v1'), service({ [key]: value }, 'v1', 'Pod')]) {
      expect(withoutGenerated(other, {}).generated).toEqual([])
    }
  })

  it('node ports are made up, each by itself', () => {
    const after = service({ ports: [...Array(11).keys()].map((port) => ({ port, nodePort: 30_000 + port })) })
    const { object, generated } = withoutGenerated(after, { manifest: service({ ports: [{ nodePort: 30_000 }] }) })
    expect(generated).toHaveLength(10)
    expect(generated).toContain('/spec/ports/10/nodePort')
    expect(object).toMatchObject({
      spec: { ports: expect.arrayContaining([{ port: 0, nodePort: 30_000 }, { port: 10 }]) },
    })
  })

  it('no address and a field that only sounds like one are as they were said', () => {
    for (const spec of [
      { clusterIP: 'None' },
      { clusterIPs: ['None'] },
      { clusterIPx: '1' },
      { x: { spec: { clusterIP: '1' } } },
      { ports: { a: { nodePort: 1 } } },
    ]) {
      expect(withoutGenerated(service(spec), {}).generated).toEqual([])
    }
  })
})

describe('of a Pod', () => {
  const pod = (volumes: unknown, apiVersion = 'v1'): KubeObject => ({
    apiVersion,
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { volumes },
  })
  const own = { name: 'kube-api-access-x2x4z' }
  it('the volume of its token is made up', () => {
    expect(withoutGenerated(pod([{ name: 'a' }, own]), {})).toEqual({
      object: pod([{ name: 'a' }]),
      generated: ['/spec/volumes/1'],
    })
  })
  it('a list of nothing else is made up as a whole, and an empty one is none', () => {
    expect(withoutGenerated(pod([own]), {})).toEqual({ object: { ...pod([]), spec: {} }, generated: ['/spec/volumes'] })
    expect(withoutGenerated(pod([]), {})).toEqual({ object: pod([]), generated: [] })
    const { generated } = withoutGenerated(pod([own]), { manifest: pod(undefined) })
    expect(generated).toEqual(['/spec/volumes'])
  })
  it('a volume that is called otherwise, or is none, is as it was said', () => {
    const volumes = [
      { name: 'kube-api-access-x2x4zz' },
      { name: 'a-kube-api-access-x2x4z' },
      { name: ['kube-api-access-x2x4z'] },
      'kube-api-access-x2x4z',
      null,
    ]
    expect(withoutGenerated(pod(volumes), {})).toEqual({ object: pod(volumes), generated: [] })
    expect(withoutGenerated(pod([own], 'example.com/v1'), {}).generated).toEqual([])
    expect(withoutGenerated({ ...pod([own]), kind: 'PodTemplate' }, {}).generated).toEqual([])
  })
})

describe('of any object', () => {
  const thing = (metadata: object, rest: object = {}): KubeObject => ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'j', ...metadata },
    ...rest,
  })
  it('its uid is made up wherever it is noted down, but as the uid', () => {
    const after = thing({ uid: 'u-1', labels: { a: 'u-1', b: 'c' } }, { spec: { list: ['u-1', 'x'], id: 'u-1' } })
    expect(withoutGenerated(after, {})).toEqual({
      object: thing({ uid: 'u-1', labels: { b: 'c' } }, { spec: { list: ['x'] } }),
      generated: ['/spec/id', '/spec/list/0', '/metadata/labels/a'],
    })
  })
  it('without a uid nothing is its uid', () => {
    for (const uid of [undefined, '']) {
      const after = thing({ uid, labels: { a: '' } }, { spec: { id: '' } })
      expect(withoutGenerated(after, {})).toEqual({ object: after, generated: [] })
    }
  })
  it('labels are there only where they were', () => {
    expect(Object.keys(withoutGenerated(thing({}), {}).object.metadata)).toEqual(['name'])
  })
})
