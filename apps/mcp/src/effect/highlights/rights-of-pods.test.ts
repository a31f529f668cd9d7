import { describe, expect, it } from 'vitest'
import { objectOf } from './highlights-of.fixture.ts'
import { plainlyRead } from './plainly-read.fixture.ts'
import { rightsOfPods } from './rights-of-pods.ts'

/** Path, fact, what part it is of, and what makes it high risk. */
const rightsOf = (spec: object) =>
  rightsOfPods(plainlyRead(objectOf('v1', 'Pod', { spec }))).map(({ group, path, fact, of, highRiskReason }) => {
    expect(group).toBe('rights')
    return [path, fact, of, highRiskReason]
  })
const app = '/spec/containers app'
const ofContainer = (securityContext: unknown) => rightsOf({ containers: [{ name: 'app', securityContext }] })
const at = '/spec/containers/0/securityContext'
const privileged = 'runs a privileged container'

describe('a container', () => {
  it.each<[string, unknown, unknown[][]]>([
    ['that is privileged', { privileged: true }, [[`${at}/privileged`, 'privileged', app, privileged]]],
    [
      'that is a process of a Windows host',
      { windowsOptions: { hostProcess: true } },
      [[`${at}/windowsOptions/hostProcess`, 'privileged', app, privileged]],
    ],
    [
      'that sees all of its /proc',
      { procMount: 'Unmasked' },
      [[`${at}/procMount`, 'unmasked /proc', app, 'shows a container all of /proc']],
    ],
    ['that runs as root', { runAsUser: 0 }, [[`${at}/runAsUser`, 'runs as root', app, undefined]]],
    [
      'with a capability',
      { capabilities: { add: ['SYS_ADMIN'] } },
      [
        [
          `${at}/capabilities/add/0`,
          'adds capability «SYS_ADMIN»',
          app,
          'adds the capability «SYS_ADMIN» to a container',
        ],
      ],
    ],
    [
      'with none of them',
      {
        privileged: 'true',
        runAsUser: 1,
        procMount: 'Default',
        windowsOptions: { hostProcess: false },
        capabilities: { drop: ['ALL'] },
      },
      [],
    ],
    ['without a context', undefined, []],
  ])('%s', (_, context, facts) => {
    expect(ofContainer(context)).toEqual(facts)
  })

  it('with a capability behind what is none quotes the capability', () => {
    expect(ofContainer({ capabilities: { add: [1, 'SYS_ADMIN'] } })).toEqual([
      [
        `${at}/capabilities/add/1`,
        'adds capability «SYS_ADMIN»',
        app,
        'adds the capability «SYS_ADMIN» to a container',
      ],
    ])
  })

  it.each([
    ['NET_BIND_SERVICE', false],
    ['CAP_NET_BIND_SERVICE', false],
    ['net_bind_service', false],
    ['NET_BIND_SERVICE2', true],
    ['XNET_BIND_SERVICE', true],
  ])('with the capability %s', (name, isHighRisk) => {
    expect(
      ofContainer({ capabilities: { add: [name] } }).map(([, , , highRiskReason]) => highRiskReason !== undefined),
    ).toEqual([isHighRisk])
  })
})

describe('a pod', () => {
  it('has a context of its own, and a lone container has but one', () => {
    const securityContext = { runAsUser: 0 }
    expect(rightsOf({ securityContext, containers: [{ name: 'app' }] })).toEqual([
      ['/spec/securityContext/runAsUser', 'runs as root', '/spec', undefined],
    ])
    expect(rightsOf({ image: 'a', securityContext })).toEqual([
      ['/spec/securityContext/runAsUser', 'runs as root', '/spec', undefined],
    ])
  })

  it.each([
    ['hostNetwork', 'host network', 'shares the network namespace of its node'],
    ['hostPID', 'host PID', 'shares the process namespace of its node'],
    ['hostIPC', 'host IPC', 'shares the IPC namespace of its node'],
  ])('with %s', (key, fact, highRiskReason) => {
    expect(rightsOf({ containers: [{}], [key]: true })).toEqual([[`/spec/${key}`, fact, '/spec', highRiskReason]])
    expect(rightsOf({ containers: [{}], [key]: false })).toEqual([])
  })

  it('that mounts a path of its node', () => {
    const volumes = [
      { name: 'a', emptyDir: {} },
      { name: 'b', hostPath: { path: '/etc' } },
    ]
    expect(rightsOf({ containers: [{}], volumes })).toEqual([
      ['/spec/volumes/1/hostPath', 'host path «/etc»', '/spec', 'mounts «/etc» of its node'],
    ])
  })

  it.each([
    [10, '', '/spec'],
    [0, '/inner', '/spec/volumes/0/inner'],
    [10, '/volumes', '/spec/volumes/10/volumes'],
  ])('in volume %i%s', (index, way, of) => {
    const hostPath = { path: '/etc' }
    const volume = way === '' ? { hostPath } : { [way.slice(1)]: { hostPath } }
    const volumes = [...Array.from({ length: index }, () => ({ emptyDir: {} })), volume]
    expect(rightsOf({ containers: [{}], volumes }).map(([path, , part]) => [path, part])).toEqual([
      [`/spec/volumes/${index}${way}/hostPath`, of],
    ])
  })
})

describe('the token of an account', () => {
  const pod = (more: object) => rightsOf({ containers: [{}], ...more })
  const projected = (...sources: object[]) => ({ volumes: [{ name: 'v', projected: { sources } }] })
  const serviceAccountToken = { path: 't' }
  const boss = (path: string) => [
    path,
    'token of service account «boss»',
    '/spec',
    'has the token of service account «boss»',
  ]
  const plain = (path: string) => [path, 'token of service account default', '/spec', undefined]

  it.each<[string, object, unknown[][]]>([
    ['by its name', { serviceAccountName: 'boss' }, [boss('/spec/serviceAccountName')]],
    ['by its old name', { serviceAccount: 'boss' }, [boss('/spec/serviceAccount')]],
    ['by both', { serviceAccountName: 'boss', serviceAccount: 'other' }, [boss('/spec/serviceAccountName')]],
    [
      'by its old name, where the other is empty',
      { serviceAccountName: '', serviceAccount: 'boss' },
      [boss('/spec/serviceAccount')],
    ],
    ['of no account that is named', { serviceAccountName: '' }, []],
    ['of the default account', {}, []],
    [
      'of the default account, where it is asked for',
      { automountServiceAccountToken: true },
      [plain('/spec/automountServiceAccountToken')],
    ],
    ['that is not mounted', { serviceAccountName: 'boss', automountServiceAccountToken: false }, []],
    [
      'that is mounted by a volume',
      { serviceAccountName: 'boss', automountServiceAccountToken: false, ...projected({}, { serviceAccountToken }) },
      [boss('/spec/volumes/0/projected/sources/1')],
    ],
    [
      'of the default account, by a volume',
      projected({ serviceAccountToken }),
      [plain('/spec/volumes/0/projected/sources/0')],
    ],
    ['no token, but what is public of it', projected({ configMap: { name: 'kube-root-ca.crt' } }), []],
    [
      'no volume with sources',
      {
        volumes: [
          { name: 'v', emptyDir: {} },
          { name: 'w', projected: {} },
        ],
      },
      [],
    ],
  ])('%s', (_, more, facts) => {
    expect(pod(more)).toEqual(facts)
  })

  it('in the volume that the server makes for a pod is nothing that anybody asked for', () => {
    const named = (name: string, more: object = {}) =>
      pod({ volumes: [{ name, projected: { sources: [{ serviceAccountToken }] } }], ...more })
    expect(named('kube-api-access-x2x4z')).toEqual([])
    expect(named('kube-api-access-x2x4z', { serviceAccountName: 'default' })).toEqual([])
    for (const name of [
      'my-kube-api-access-x2x4z',
      'kube-api-access-x2x4',
      'kube-api-access-x2x4zz',
      'kube-api-access-',
    ]) {
      expect(named(name)).toEqual([plain('/spec/volumes/0/projected/sources/0')])
    }
  })

  it('is no less asked for under that name, where the server makes none', () => {
    const volumes = [{ name: 'kube-api-access-x2x4z', projected: { sources: [{ serviceAccountToken }] } }]
    const of = '/spec/volumes/0/projected/sources/0'
    expect(pod({ serviceAccountName: 'boss', automountServiceAccountToken: false, volumes })).toEqual([boss(of)])
    expect(pod({ automountServiceAccountToken: false, volumes })).toEqual([plain(of)])
    const spec = { containers: [{}], volumes }
    const facts = rightsOfPods(plainlyRead(objectOf('apps/v1', 'Deployment', { spec: { template: { spec } } })))
    expect(facts.map(({ fact }) => fact)).toEqual(['token of service account default'])
  })
})

it('a volume of the cluster that is a path of a node', () => {
  const of = (apiVersion: string, kind: string, spec: object) =>
    rightsOfPods(plainlyRead(objectOf(apiVersion, kind, { spec }))).map(({ path, fact, of, highRiskReason }) => [
      path,
      fact,
      of,
      highRiskReason,
    ])
  const highRiskReason = 'mounts «/etc» of its node'
  expect(of('v1', 'PersistentVolume', { hostPath: { path: '/etc' } })).toEqual([
    ['/spec/hostPath', 'host path «/etc»', '/spec', highRiskReason],
  ])
  expect(of('v1', 'PersistentVolume', { local: { path: '/etc' } })).toEqual([
    ['/spec/local', 'host path «/etc»', '/spec', highRiskReason],
  ])
  expect(of('example.com/v1', 'PersistentVolume', { local: { path: '/etc' }, hostPath: { path: 1 } })).toEqual([])
  expect(of('v1', 'Thing', { local: { path: '/etc' } })).toEqual([])
  expect(of('example.com/v1', 'Thing', { data: { hostPath: { path: '/etc' } } })).toEqual([
    ['/spec/data/hostPath', 'host path «/etc»', '/spec/data', highRiskReason],
  ])
})
