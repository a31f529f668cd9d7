import { describe, expect, it } from 'vitest'
import { deploymentOf, objectOf, seenOf } from './highlights-of.fixture.ts'
import { hostMountsWidened } from './host-mounts.ts'
import { plainlyRead } from './plainly-read.fixture.ts'

const volumes = [
  { name: 'v', hostPath: { path: '/var/log' } },
  { name: 'tmp', emptyDir: {} },
]
const mount = (more: object = {}) => ({ name: 'v', mountPath: '/logs', ...more })
const of = (...volumeMounts: unknown[]) => deploymentOf({ volumes, containers: [{ name: 'app', volumeMounts }] })
const place = '/spec/template/spec/containers/0/volumeMounts/0'
const reasons = ['Deployment shop/web mounts /var/log of its node more widely']

describe('a path of the node that stands', () => {
  it.each<[string, object[], object[], string]>([
    ['not read-only any more', [mount({ readOnly: true })], [mount()], 'no longer read-only at /logs'],
    ['said to be written', [mount({ readOnly: true })], [mount({ readOnly: false })], 'no longer read-only at /logs'],
    ['without its part', [mount({ subPath: 'app' })], [mount()], 'with another part of it at /logs'],
    [
      'by a part beside it',
      [mount({ subPath: 'app' })],
      [mount({ subPath: 'apps' })],
      'with another part of it at /logs',
    ],
    ['by a part around it', [mount({ subPath: 'a/b' })], [mount({ subPath: 'a' })], 'with another part of it at /logs'],
    [
      'by a part that comes of variables',
      [mount({ subPath: 'a' })],
      [mount({ subPathExpr: 'a/$(B)' })],
      'with another part of it at /logs',
    ],
    [
      'by a part of other variables',
      [mount({ subPathExpr: '$(A)' })],
      [mount({ subPathExpr: '$(B)' })],
      'with another part of it at /logs',
    ],
    ['at another place', [mount({ readOnly: true })], [mount({ mountPath: '/var' })], 'mounted anew at /var'],
    [
      'where something else was',
      [mount({ name: 'tmp' })],
      [mount({ readOnly: true })],
      'mounted anew at /logs, read-only',
    ],
    ['first of all', [], [mount()], 'mounted anew at /logs'],
  ])('is told %s', (_, before, after, words) => {
    expect(seenOf(of(...before), of(...after))).toEqual({
      facts: [`host path /var/log ${words}`],
      paths: [place],
      risk: 'high',
      reasons,
    })
  })

  it('is told of all that widens', () => {
    const { facts } = seenOf(of(mount({ readOnly: true, subPath: 'a' })), of(mount(), mount({ mountPath: '/b' })))
    expect(facts).toEqual([
      'host path /var/log no longer read-only at /logs',
      'host path /var/log with another part of it at /logs',
      'host path /var/log mounted anew at /b',
    ])
  })

  it.each<[string, unknown[], unknown[]]>([
    ['the same', [mount({ subPathExpr: '$(A)' })], [mount({ subPathExpr: '$(A)' })]],
    ['to be read alone', [mount()], [mount({ readOnly: true })]],
    ['by a part', [mount()], [mount({ subPath: 'a' })]],
    ['by a part of variables', [mount()], [mount({ subPathExpr: '$(A)' })]],
    ['by a part of what no variables narrow', [mount({ subPathExpr: '' })], [mount({ subPath: 'a' })]],
    ['by a part of its part', [mount({ subPath: 'a/' })], [mount({ subPath: './a/b' })]],
    ['no more', [mount()], []],
    ['in another order', [mount(), mount({ mountPath: '/b' })], [mount({ mountPath: '/b/' }), mount()]],
    ['beside a mount of another', [mount()], [mount(), { name: 'tmp', mountPath: '/tmp' }]],
    ['beside what is no mount', [mount()], [mount(), 1, { name: 'v' }]],
  ])('is not told %s', (_, before, after) => {
    expect(hostMountsWidened(of(...before))(plainlyRead(of(...after)))).toEqual([])
  })

  it('is told in another container, and of a volume by another name that is the same path', () => {
    const read = { name: 'app', volumeMounts: [mount({ readOnly: true })] }
    const one = deploymentOf({ volumes, containers: [read] })
    const two = deploymentOf({
      volumes: [{ name: 'w', hostPath: { path: '/var/log' } }],
      containers: [{ name: 'app', volumeMounts: [mount({ name: 'w' })] }],
      initContainers: [{ name: 'first', volumeMounts: [mount({ name: 'w', readOnly: true })] }],
    })
    expect(seenOf(one, two).facts).toEqual([
      'host path /var/log mounted anew at /logs, read-only',
      'host path /var/log no longer read-only at /logs',
    ])
  })

  it('is told where the containers are elsewhere than the volumes', () => {
    const workflow = (readOnly: boolean) =>
      objectOf('argoproj.io/v1alpha1', 'Workflow', {
        spec: { volumes, templates: [{ container: { image: 'a:1', volumeMounts: [mount({ readOnly })] } }] },
      })
    expect(seenOf(workflow(true), workflow(false))).toMatchObject({
      facts: ['host path /var/log no longer read-only at /logs'],
      paths: ['/spec/templates/0/container/volumeMounts/0'],
    })
  })

  it('is told where another container has it, of those that are elsewhere than the volumes', () => {
    const workflow = (...mounts: object[][]) =>
      objectOf('argoproj.io/v1alpha1', 'Workflow', {
        spec: { volumes, templates: mounts.map((volumeMounts) => ({ container: { image: 'a:1', volumeMounts } })) },
      })
    expect(seenOf(workflow([mount()], []), workflow([], [mount()]))).toMatchObject({
      facts: ['host path /var/log mounted anew at /logs'],
      paths: ['/spec/templates/1/container/volumeMounts/0'],
    })
  })

  it('is none where its source names no path', () => {
    const nameless = (readOnly: boolean) =>
      deploymentOf({
        volumes: [{ name: 'v', hostPath: {} }],
        containers: [{ name: 'app', volumeMounts: [mount({ readOnly })] }],
      })
    expect(seenOf(nameless(true), nameless(false)).facts).toEqual([])
  })

  it('is told once where it comes, and where all comes', () => {
    const bare = deploymentOf({ containers: [{ name: 'app' }] })
    expect(seenOf(bare, of(mount())).facts).toEqual(['host path /var/log'])
    expect(hostMountsWidened(bare)(plainlyRead(of(mount())))).toEqual([])
    const other = deploymentOf({
      volumes: [{ name: 'v', hostPath: { path: '/etc' } }],
      containers: [{ name: 'app', volumeMounts: [mount()] }],
    })
    expect(seenOf(other, of(mount())).facts).toEqual(['host path /var/log'])
    expect(seenOf(undefined, of(mount())).facts).toEqual(['host path /var/log'])
    expect(seenOf(of(mount()), undefined).facts).toEqual([])
    expect(hostMountsWidened(undefined)(plainlyRead(of(mount())))).toEqual([])
  })
})
