import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SEALED } from '../origins.ts'
import { deploymentOf, objectOf, redactionKey, seenIn, seenOf, writeOf } from './highlights-of.fixture.ts'
import { highlightsOf } from './highlights-of.ts'

const container = (more: object = {}) => ({ name: 'app', image: 'nginx:1', ...more })
const podWith = (more: object) => deploymentOf({ containers: [container()], ...more })
const rolesV1 = 'rbac.authorization.k8s.io/v1'
const hooksV1 = 'admissionregistration.k8s.io/v1'

describe('what a creation has', () => {
  it.each<[what: string, object: Parameters<typeof seenOf>[1], facts: string[], risk: string]>([
    ['an image', podWith({}), ['image nginx:1'], 'low'],
    [
      'a command, whole and with its lines',
      deploymentOf({ containers: [container({ command: ['sh', '-c', 'a\nb "c"'], args: ['--x', "it's"] })] }),
      ['image nginx:1', 'command sh -c \'a\nb "c"\'', "args --x 'it'\\''s'"],
      'low',
    ],
    [
      'probes and hooks',
      deploymentOf({
        containers: [
          container({
            startupProbe: { exec: { command: ['up'] } },
            lifecycle: { preStop: { exec: { command: ['down', 'now'] } } },
          }),
        ],
      }),
      ['image nginx:1', 'script of startupProbe up', 'script of preStop down now'],
      'low',
    ],
    [
      'containers that begin and containers that look in',
      objectOf('v1', 'Pod', {
        spec: {
          containers: [container()],
          initContainers: [{ name: 'first', image: 'a:1' }],
          ephemeralContainers: [{ name: 'look', image: 'b:1', securityContext: { privileged: true } }],
        },
      }),
      ['image a:1', 'image nginx:1', 'image b:1', 'privileged'],
      'high',
    ],
    [
      'rights on the node',
      podWith({
        hostNetwork: true,
        hostPID: true,
        hostIPC: true,
        volumes: [{ name: 'root', hostPath: { path: '/' } }],
        securityContext: { runAsUser: 0 },
      }),
      ['image nginx:1', 'runs as root', 'host network', 'host PID', 'host IPC', 'host path /'],
      'high',
    ],
    [
      'a capability that opens low ports',
      deploymentOf({
        containers: [container({ securityContext: { capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] } } })],
      }),
      ['image nginx:1', 'adds capability NET_BIND_SERVICE'],
      'low',
    ],
    [
      'any other capability',
      deploymentOf({ containers: [container({ securityContext: { capabilities: { add: ['SYS_PTRACE'] } } })] }),
      ['image nginx:1', 'adds capability SYS_PTRACE'],
      'high',
    ],
    [
      'an account and its token',
      podWith({ serviceAccountName: 'boss' }),
      ['image nginx:1', 'token of service account boss'],
      'high',
    ],
    [
      'an account without its token',
      podWith({ serviceAccountName: 'boss', automountServiceAccountToken: false }),
      ['image nginx:1'],
      'low',
    ],
    [
      'a token that is mounted all the same',
      podWith({
        serviceAccountName: 'boss',
        automountServiceAccountToken: false,
        volumes: [{ name: 't', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } }],
      }),
      ['image nginx:1', 'token of service account boss'],
      'high',
    ],
    [
      'the token that the server mounts in every pod',
      objectOf('v1', 'Pod', {
        spec: {
          containers: [container()],
          serviceAccountName: 'default',
          volumes: [
            { name: 'kube-api-access-x2x4z', projected: { sources: [{ serviceAccountToken: { path: 't' } }] } },
          ],
        },
      }),
      ['image nginx:1'],
      'low',
    ],
    [
      'Secrets',
      deploymentOf({
        containers: [
          container({
            env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'one', key: 'k' } } }],
            envFrom: [{ secretRef: { name: 'two' } }],
          }),
        ],
        volumes: [
          { name: 'v', secret: { secretName: 'three' } },
          { name: 'w', projected: { sources: [{ secret: { name: 'four' } }] } },
        ],
      }),
      [
        'image nginx:1',
        'mounts Secret three',
        'mounts Secret four',
        'reads Secret one into env',
        'reads Secret two into env',
      ],
      'low',
    ],
    [
      'rights of a role',
      objectOf(rolesV1, 'Role', {
        rules: [
          { apiGroups: ['', 'apps'], resources: ['pods', 'deployments'], verbs: ['get', 'list'] },
          { nonResourceURLs: ['/metrics'], verbs: ['get'] },
          { apiGroups: [''], resources: ['secrets'], resourceNames: ['a'], verbs: ['*'] },
        ],
      }),
      ['may get, list pods, pods.apps, deployments, deployments.apps', 'may get /metrics', 'may * secrets named a'],
      'high',
    ],
    [
      'a binding of everything',
      objectOf(rolesV1, 'ClusterRoleBinding', {
        roleRef: { kind: 'ClusterRole', name: 'cluster-admin' },
        subjects: [{ kind: 'ServiceAccount', namespace: 'shop', name: 'web' }],
      }),
      ['binds ClusterRole cluster-admin to ServiceAccount shop/web'],
      'high',
    ],
    [
      'a token for ever',
      objectOf('v1', 'Secret', {
        type: 'kubernetes.io/service-account-token',
        metadata: { name: 't', annotations: { 'kubernetes.io/service-account.name': 'boss' } },
      }),
      ['token of service account boss'],
      'high',
    ],
    [
      'a webhook',
      objectOf(hooksV1, 'MutatingWebhookConfiguration', {
        webhooks: [
          { name: 'a.example.com', clientConfig: { service: { namespace: 'n', name: 's', port: 8443, path: '/p' } } },
        ],
      }),
      ['admission webhook a.example.com at Service n/s:8443/p'],
      'high',
    ],
    [
      'an API service',
      objectOf(
        'apiregistration.k8s.io/v1',
        'APIService',
        { spec: { service: { namespace: 'n', name: 's' } } },
        'v1.x.io',
      ),
      ['API service v1.x.io at Service n/s'],
      'low',
    ],
    [
      'an Ingress of any host',
      objectOf('networking.k8s.io/v1', 'Ingress', { spec: { rules: [{ http: {} }, { host: 'a.example' }] } }),
      ['Ingress *', 'Ingress a.example'],
      'low',
    ],
    [
      'a Service that opens ports',
      objectOf('v1', 'Service', { spec: { type: 'NodePort' } }),
      ['Service of type NodePort'],
      'low',
    ],
    ['a Service that does not', objectOf('v1', 'Service', { spec: { type: 'ClusterIP' } }), [], 'low'],
    [
      'a policy that lets anyone in',
      objectOf('networking.k8s.io/v1', 'NetworkPolicy', { spec: { podSelector: {}, ingress: [{}] } }),
      ['NetworkPolicy widened: lets anyone in'],
      'low',
    ],
    [
      'scripts of a ConfigMap, and no settings',
      objectOf('v1', 'ConfigMap', { data: { 'run.sh': 'rm -rf /', go: '#!/bin/sh\nid', 'app.conf': 'level = debug' } }),
      ['script run.sh rm -rf /', 'script go #!/bin/sh\nid'],
      'low',
    ],
    [
      'a command in a pod',
      objectOf('v1', 'PodExecOptions', { command: ['sh', '-c', 'id; id'] }),
      ["command sh -c 'id; id'"],
      'low',
    ],
  ])('%s', (_, object, facts, risk) => {
    const seen = seenOf(undefined, object)
    expect(seen).toMatchObject({ facts, risk })
    expect(seen.reasons.every((reason) => /^\w+ (shop\/)?[\w.-]+ \w/.test(reason))).toBe(true)
    // Each leads to a place that is there.
    for (const path of seen.paths) expect(path === '' || path.startsWith('/')).toBe(true)
  })
})

describe('what an update brings', () => {
  const before = deploymentOf({
    containers: [
      container({ command: ['run'], securityContext: { privileged: true } }),
      { name: 'side', image: 's:1' },
    ],
  })
  it('only what is new, by container and not by place', () => {
    const after = deploymentOf({
      containers: [
        { name: 'side', image: 's:1', securityContext: { privileged: true } },
        container({ command: ['run'], securityContext: { privileged: true } }),
      ],
    })
    expect(seenOf(before, after)).toMatchObject({
      facts: ['privileged'],
      paths: ['/spec/template/spec/containers/0/securityContext/privileged'],
      reasons: ['Deployment shop/web runs a privileged container'],
    })
  })
  it('of containers that look in, each by its name, too', () => {
    const looking = (...names: string[]) =>
      objectOf('v1', 'Pod', {
        spec: { containers: [container()], ephemeralContainers: names.map((name) => ({ name, image: `${name}:1` })) },
      })
    expect(seenOf(looking('one'), looking('two', 'one')).facts).toEqual(['image two:1'])
  })
  it('a secret that changes in a command is a new command, though both look the same', () => {
    const jwt = (mark: string) => `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.${mark.repeat(30)}`
    const running = (mark: string) => deploymentOf({ containers: [container({ command: ['run', jwt(mark)] })] })
    const { facts } = seenOf(running('a'), running('b'))
    expect(facts).toHaveLength(1)
    expect(facts[0]).toMatch(/^command run \*\*\*|^command run '\*\*\*/)
    expect(facts[0]).not.toContain('bbbbb')
  })
  it.each([
    ['to 0', 3, 0, ['replicas to 0, from 3']],
    ['to half', 4, 2, ['replicas halved, from 4 to 2']],
    ['a little less', 4, 3, []],
    ['more', 1, 4, []],
  ])('replicas %s', (_, from, to, facts) => {
    const scaled = (replicas: number) => objectOf('apps/v1', 'StatefulSet', { spec: { replicas } })
    expect(seenOf(scaled(from), scaled(to)).facts).toEqual(facts)
  })
  it('where a kind keeps its number elsewhere, it is looked for there', () => {
    const sized = (size: number) => objectOf('db.example.com/v1', 'Cluster', { spec: { size } })
    const write = { ...writeOf(sized(3), sized(0)), replicasPath: '/spec/size' }
    expect(seenIn(write).facts).toEqual(['replicas to 0, from 3'])
  })

  const policy = (spec: object) =>
    objectOf('networking.k8s.io/v1', 'NetworkPolicy', { spec: { podSelector: {}, ...spec } })
  const from = (app: string) => ({ from: [{ podSelector: { matchLabels: { app } } }] })
  it.each([
    ['a rule more', { ingress: [from('a')] }, { ingress: [from('a'), from('b')] }, true],
    ['a rule that says something else', { ingress: [from('a')] }, { ingress: [{}] }, true],
    ['a rule less', { ingress: [from('a'), from('b')] }, { ingress: [from('b')] }, false],
    ['other pods', { ingress: [] }, { podSelector: { matchLabels: { app: 'a' } }, ingress: [] }, true],
    ['one direction less', { policyTypes: ['Ingress', 'Egress'] }, { policyTypes: ['Egress'] }, true],
    ['one direction more', { policyTypes: ['Ingress'] }, { policyTypes: ['Ingress', 'Egress'], egress: [{}] }, false],
  ])('a NetworkPolicy with %s', (_, former, present, isWidened) => {
    expect(seenOf(policy(former), policy(present)).facts).toEqual(isWidened ? ['NetworkPolicy widened'] : [])
  })
})

describe('what goes with a deletion', () => {
  it.each([
    [objectOf('v1', 'PersistentVolumeClaim', {}), ['deletes volume']],
    [objectOf('networking.k8s.io/v1', 'NetworkPolicy', { spec: {} }), ['NetworkPolicy removed']],
    [podWith({ hostPID: true }), []],
  ])('of $kind', (object, facts) => {
    expect(seenOf(object, undefined).facts).toEqual(facts)
  })
  it('what the server deletes after it', () => {
    const gone = [
      { kind: 'Pod', count: 9 },
      { kind: 'PersistentVolumeClaim', count: 2 },
    ]
    expect(seenIn({ ...writeOf(objectOf('v1', 'Namespace', {}), undefined), gone }).facts).toEqual([
      'deletes volume: 2 PersistentVolumeClaim',
      'deletes with it: 9 Pod, 2 PersistentVolumeClaim',
    ])
  })
})

it('what was not looked at is said last of what runs, and is no low risk', () => {
  const write = writeOf(undefined, podWith({ hostPID: true }))
  const unseen = [
    { object: 0, fact: '2 of what it is given was not looked at' },
    { object: 1, fact: 'of nothing' },
  ]
  const { highlights, signals } = highlightsOf([write], { redactionKey, namespace: undefined, unseen })
  expect(highlights.map(({ object, path, fact }) => [object, path, fact])).toEqual([
    [0, '/spec/template/spec/containers/0/image', 'image nginx:1'],
    [0, '', '2 of what it is given was not looked at'],
    [0, '/spec/template/spec/hostPID', 'host PID'],
  ])
  expect(signals).toEqual([
    { risk: 'high', reason: 'Deployment shop/web shares the process namespace of its node' },
    { risk: 'medium', reason: 'Deployment shop/web: not all that may run could be looked at' },
  ])
})

describe('what becomes of an object', () => {
  it('is told of a deletion alone where it says what is lost', () => {
    const claim = (size: string) => objectOf('v1', 'PersistentVolumeClaim', { spec: { size } })
    expect(seenOf(claim('1'), claim('2')).facts).toEqual([])
    expect(seenOf(undefined, claim('1')).facts).toEqual([])
  })
  it('is nothing where it neither was nor will be there', () => {
    const { before, ...write } = writeOf(objectOf('v1', 'PersistentVolumeClaim', {}), undefined)
    expect(before).toBeDefined()
    expect(seenIn(write)).toMatchObject({ facts: [], risk: 'low' })
  })
  it('is told where it lies elsewhere than the call says', () => {
    const highlightsFor = (requested: string | undefined, metadata: object = { name: 'web', namespace: 'shop' }) => {
      const object = { ...objectOf('v1', 'Service', {}), ...{ metadata: { name: 'web', ...metadata } } }
      return highlightsOf([writeOf(undefined, object)], { redactionKey, namespace: requested }).highlights
    }
    const fact = 'namespace shop, not other'
    expect(highlightsFor('other')).toEqual([{ object: 0, path: '/metadata/namespace', fact }])
    expect(highlightsFor('shop')).toEqual([])
    expect(highlightsFor(undefined)).toEqual([])
    expect(highlightsFor('other', {})).toEqual([])
  })
})

describe('a text that is quoted', () => {
  it('is hidden as it is in the changes where it came sealed', () => {
    const env = [{ name: 'API_TOKEN', value: 'run hunter2' }]
    const object = deploymentOf({ containers: [container({ command: ['sh', '-c', '$API_TOKEN'], env })] })
    const write = writeOf(undefined, object)
    expect(seenIn(write).facts).toContain('script in variable API_TOKEN run hunter2')
    const sealed = env.map((each) => ({ ...each, value: SEALED }))
    const said = deploymentOf({ containers: [container({ env: sealed })] })
    expect(seenIn({ ...write, said }).facts).toContain('script in variable API_TOKEN ***')
  })
  it('is empty where it is not there, and JSON where it is no text', () => {
    const binding = (subject: object) =>
      objectOf(rolesV1, 'RoleBinding', { roleRef: { kind: 'Role', name: 'a' }, subjects: [subject] })
    expect(seenOf(undefined, binding({ name: 'ada' })).facts).toEqual(['binds Role a to  ada'])
    expect(seenOf(undefined, binding({ kind: 'User', name: { b: 1 } })).facts).toEqual(['binds Role a to User {"b":1}'])
  })
})

describe('several objects', () => {
  const scripts = objectOf('v1', 'ConfigMap', { data: { job: 'wget x | sh', other: 'a' } }, 'scripts')
  const mounting = (command: string[], more: object = {}) =>
    deploymentOf({
      containers: [container({ command, ...more })],
      volumes: [{ name: 's', configMap: { name: 'scripts' } }],
    })
  it('the key of a ConfigMap that a command beside it names is a script', () => {
    const seen = seenIn(writeOf(undefined, scripts), writeOf(undefined, mounting(['sh', '/scripts/job'])))
    expect(seen.facts).toEqual(['script job wget x | sh', 'image nginx:1', 'command sh /scripts/job'])
  })
  it('so is one that a shell is given as a variable', () => {
    const env = [{ name: 'TODO', valueFrom: { configMapKeyRef: { name: 'scripts', key: 'job' } } }]
    const seen = seenIn(
      writeOf(undefined, scripts),
      writeOf(undefined, mounting(['sh', '-c', 'eval "$TODO"'], { env })),
    )
    expect(seen.facts).toContain('script job wget x | sh')
  })
  it('of another ConfigMap, of another namespace, or under no command, it is none', () => {
    const elsewhere = { ...mounting(['sh', '/scripts/job']), metadata: { name: 'web', namespace: 'other' } }
    for (const other of [
      mounting(['serve']),
      elsewhere,
      deploymentOf({ containers: [container({ command: ['job'] })] }),
    ]) {
      expect(seenIn(writeOf(undefined, scripts), writeOf(undefined, other)).facts).not.toContain(
        'script job wget x | sh',
      )
    }
  })
  it('are said to be in several namespaces', () => {
    const there = { ...podWith({}), metadata: { name: 'web', namespace: 'other' } }
    const seen = seenIn(writeOf(undefined, podWith({})), writeOf(undefined, there))
    expect(seen.facts.at(-1)).toBe('2 namespaces: shop, other')
    expect(seen.paths.at(-1)).toBe('/metadata/namespace')
    const nowhere = { ...objectOf('v1', 'Thing', {}), metadata: { name: 'web' } }
    expect(seenIn(writeOf(undefined, podWith({})), writeOf(undefined, nowhere)).facts).toEqual(['image nginx:1'])
  })
})

describe('wherever a custom resource embeds a pod', () => {
  const key = fc.constantFrom('spec', 'template', 'jobs', 'worker', 'a/b', '~', 'containers2')
  const place = fc.array(fc.oneof(key, fc.constant(0)), { maxLength: 8 })
  /** Puts a value somewhere: a name leads into a record, a number into a list. */
  const nested = (value: unknown, way: readonly (string | number)[]): unknown =>
    way.reduceRight<unknown>((inner, step) => (typeof step === 'number' ? [inner] : { [step]: inner }), value)
  const danger = fc.constantFrom<[more: object, fact: string]>(
    [{ hostPID: true }, 'host PID'],
    [{ hostNetwork: true }, 'host network'],
    [{ serviceAccountName: 'boss' }, 'token of service account boss'],
    [{ serviceAccountName: '', serviceAccount: 'boss' }, 'token of service account boss'],
    [{ volumes: [{ name: 'x', hostPath: { path: '/etc' } }] }, 'host path /etc'],
    [{ containers: [container({ securityContext: { privileged: true } })] }, 'privileged'],
    [{ initContainers: [container({ securityContext: { capabilities: { add: ['ALL'] } } })] }, 'adds capability ALL'],
  )
  it('what is dangerous in it stands out and is high risk', () => {
    fc.assert(
      fc.property(place, danger, (way, [more, fact]) => {
        const of = (spec: object) => objectOf('example.com/v1', 'Thing', { spec: nested(spec, way) })
        const plain = of({ containers: [container()] })
        const seen = seenOf(plain, of({ containers: [container()], ...more }))
        expect(seen.facts).toContain(fact)
        expect(seen.risk).toBe('high')
        expect(seenOf(plain, plain)).toMatchObject({ facts: [], risk: 'low' })
      }),
    )
  })
  it('what holds for a whole pod is seen where its containers are elsewhere', () => {
    const container = { image: 'a:1' }
    const of = (more: object) =>
      objectOf('argoproj.io/v1alpha1', 'Workflow', { spec: { ...more, templates: [{ container }] } })
    const volumes = [
      { name: 'h', hostPath: { path: '/' } },
      { name: 's', secret: { secretName: 'db' } },
    ]
    const seen = seenOf(
      of({}),
      of({ hostPID: true, hostNetwork: true, hostIPC: true, serviceAccountName: 'boss', volumes }),
    )
    expect(seen).toMatchObject({
      facts: [
        'host network',
        'host PID',
        'host IPC',
        'token of service account boss',
        'host path /',
        'mounts Secret db',
      ],
      risk: 'high',
    })
    for (const [more, fact] of [
      [{ hostIPC: true }, 'host IPC'],
      [{ serviceAccountName: 'boss' }, 'token of service account boss'],
      [{ securityContext: { privileged: true } }, 'privileged'],
      [{ volumes }, 'mounts Secret db'],
    ] as const) {
      expect(seenOf(of({}), of(more)).facts).toContain(fact)
    }
  })
  it('an image and a command beside the containers are those of one more', () => {
    const of = (more: object) =>
      objectOf('monitoring.coreos.com/v1', 'Prometheus', {
        spec: { containers: [container({ name: 'side' })], ...more },
      })
    const more = { image: 'evil.example/miner:1', command: ['evil'], securityContext: { runAsUser: 0 } }
    expect(seenOf(of({}), of(more)).facts).toEqual(['image evil.example/miner:1', 'command evil', 'runs as root'])
    expect(seenOf(of({}), of({ command: ['evil'] })).facts).toEqual(['command evil'])
    expect(seenOf(undefined, objectOf('example.com/v1', 'Thing', { spec: { command: ['a'] } })).facts).toEqual([])
    const inner = { containers: [{ image: 'inner:1' }], image: 'outer:1', name: 'outer' }
    const nested = objectOf('example.com/v1', 'Thing', { spec: { containers: [inner] } })
    expect(seenOf(undefined, nested).facts.toSorted()).toEqual(['image inner:1', 'image outer:1'])
  })
  it('so are the rights that it gives', () => {
    fc.assert(
      fc.property(place, fc.constantFrom('*', 'escalate', 'bind', 'impersonate'), (way, verb) => {
        const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get', verb] }]
        const seen = seenOf(undefined, objectOf('example.com/v1', 'Thing', { spec: nested({ rules }, way) }))
        expect(seen).toMatchObject({ facts: [`may get, ${verb} pods`], risk: 'high' })
      }),
    )
  })
})

describe('a script that stands where something else of it changes', () => {
  const map = (data: object) => objectOf('v1', 'ConfigMap', { data }, 'jobs')
  const running = (...command: string[]) =>
    deploymentOf({
      containers: [container({ command, volumeMounts: [{ name: 'v', mountPath: '/jobs' }] })],
      volumes: [{ name: 'v', configMap: { name: 'jobs' } }],
    })
  const changed = writeOf(map({ nightly: 'wget x | sh', level: 'a' }), map({ nightly: 'wget x | sh', level: 'b' }))

  it('is told with the pods that begin to run it', () => {
    expect(seenIn(changed, writeOf(running('serve'), running('sh', '/jobs/nightly'))).facts).toEqual([
      'command sh /jobs/nightly',
      'script nightly of ConfigMap jobs wget x | sh',
    ])
  })

  it('is nothing new to pods that have run it, and is told once where it changes itself', () => {
    const [nightly, other] = [running('sh', '/jobs/nightly'), running('sh', '/jobs/nightly', 'now')]
    expect(seenIn(changed, writeOf(nightly, other)).facts).toEqual(['command sh /jobs/nightly now'])
    const written = writeOf(map({ nightly: 'true' }), map({ nightly: 'wget x | sh' }))
    expect(seenIn(written, writeOf(running('serve'), nightly)).facts).toEqual([
      'script nightly wget x | sh',
      'command sh /jobs/nightly',
    ])
  })
})

it('what leads elsewhere, what is dropped and fewer that there may be are told of an update', () => {
  const service = (app: string) => objectOf('v1', 'Service', { spec: { type: 'NodePort', selector: { app } } })
  expect(seenOf(service('web'), service('db')).facts).toEqual(['Service open to the outside leads to other pods'])
  const started = (more: object) => deploymentOf({ containers: [container(more)] })
  expect(seenOf(started({ command: ['a'] }), started({})).facts).toEqual([
    'no command any more: its image says what runs',
  ])
  const asUser = (runAsNonRoot: boolean) => started({ securityContext: { runAsNonRoot } })
  expect(seenOf(asUser(true), asUser(false)).facts).toEqual(['may run as root'])
  const scaler = (maxReplicas: number) =>
    objectOf('autoscaling/v2', 'HorizontalPodAutoscaler', { spec: { maxReplicas } })
  expect(seenOf(scaler(20), scaler(1)).facts).toEqual(['replicas halved, from 20 to 1'])
})
