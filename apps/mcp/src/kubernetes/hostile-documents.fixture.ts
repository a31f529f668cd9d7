import type { Args } from '../fixtures/mcp-server.fixture.ts'
import type { NamedObject } from './named-objects.fixture.ts'

/** A call whose document is what its tool takes, but for one hostile place; and the objects that it names all the same. */
export type HostileDocument = { tool: string; parameter: string; value: string; args: Args; names: NamedObject[] }

type Place = {
  namespace: string
  victim: { namespace: string; name: string }
  hostile: readonly string[]
}

/** Manifests, patches and reversions. ConfigMap `reverted` and Deployment `web` are there. */
export function hostileDocuments(place: Place): HostileDocument[] {
  return [...manifests(place), ...patches(place), ...reversions(place)]
}

type Row = [text: string, names: NamedObject[], args?: Args]

const map = (metadata: unknown, rest: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata,
  data: { color: 'blue' },
  ...rest,
})

function manifests(place: Place): HostileDocument[] {
  const { namespace } = place
  const rows = [...hostileLeaves(place), ...hostileShapes(place)]
  const tried = ['k8s_apply', 'k8s_diff'].flatMap((tool) =>
    rows.map(([value, names, args = { namespace }]): HostileDocument => {
      return { tool, parameter: 'content', value, args: { content: value, ...args }, names }
    }),
  )
  // Never applied: a definition is there for the whole cluster.
  const defined = hostileDefinitions(place).map(([value, names]): HostileDocument => {
    return { tool: 'k8s_diff', parameter: 'content', value, args: { content: value, namespace }, names }
  })
  return [...tried, ...defined]
}

function hostileLeaves({ namespace, hostile }: Place): Row[] {
  const resource = 'configmaps'
  const own = { resource, namespace, name: 'applied' }
  const json = (manifest: unknown, names: NamedObject[], args?: Args): Row => [JSON.stringify(manifest), names, args]
  return hostile.flatMap((value): Row[] => [
    json(map({ name: value }), [{ resource, namespace, name: value }]),
    [
      `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${value}\ndata: {a: b}`,
      // Out of quotes it ends with its line.
      [{ resource, namespace, name: value.split(/\r?\n/)[0] ?? '' }],
    ],
    json(map({ name: 'applied', namespace: value }), []),
    json(map({ name: 'applied', namespace: value }), [{ resource, namespace: value, name: 'applied' }], {}),
    json(map({ name: 'applied' }, { kind: value }), []),
    json(map({ name: 'applied' }, { apiVersion: value }), []),
    json(map({ generateName: value }), []),
    json(map({ name: 'applied', generateName: value }), []),
    json(map({ name: 'applied', labels: { [value]: 'a' } }), [own]),
    json(map({ name: 'applied', labels: { a: value } }), [own]),
    json(map({ name: 'applied', annotations: { [value]: 'a' } }), [own]),
    json(map({ name: 'applied', [value]: { namespace: 'default' } }), [own]),
    json(map({ name: 'applied' }, { [value]: { name: 'settings' } }), [own]),
    json(map({ name: 'applied' }, { data: { [value]: 'a' } }), [own]),
  ])
}

function hostileShapes({ namespace, victim }: Place): Row[] {
  const named = (name: string): NamedObject => ({ resource: 'configmaps', namespace, name })
  const own = named('applied')
  const head = 'apiVersion: v1\nkind: ConfigMap\n'
  const theirs = `{name: ${victim.name}, namespace: ${victim.namespace}}`
  const yaml = (metadata: string, names: NamedObject[] = []): Row => [`${head}metadata: ${metadata}\n`, names]
  const json = (value: unknown, names: NamedObject[] = []): Row => [JSON.stringify(value), names]
  const item = map({ name: 'applied' })
  const stranger = map({ name: victim.name, namespace: victim.namespace })
  const laughs = Array.from({ length: 9 }, (_, level) => {
    return `l${level}: &l${level} [${Array(9).fill(level === 0 ? 'lol' : `*l${level - 1}`)}]`
  })
  return [
    // Several documents.
    [`${head}metadata: {name: applied}\n---\n${head}metadata: {name: other}\n`, [own, named('other')]],
    [`${head}metadata: {name: applied}\n---\n${head}metadata: ${theirs}\n`, []],
    [`${head}metadata: {name: applied}\n...\n---\n${head}metadata: ${theirs}\n`, []],
    [`${head}metadata: {name: applied}\n---\n${head}metadata: {name: applied}\n`, []],
    [`${JSON.stringify(item)}${JSON.stringify(stranger)}`, []],
    [`${JSON.stringify(item)}\n${JSON.stringify(stranger)}`, []],
    json([item, stranger]),
    // Anchors, aliases, merges.
    yaml('{name: &n applied, labels: {a: *n}}', [own]),
    yaml('{name: &n name, *n : settings}'),
    yaml('{name: *nowhere}'),
    yaml('&m {name: applied, annotations: *m}'),
    [`${head}x: &x ${theirs}\nmetadata: {<<: *x, name: applied}\n`, []],
    [`<<: {kind: Secret}\n${head}metadata: {name: applied}\n`, [own]],
    [`${head}<<: {metadata: ${theirs}}\nmetadata: {name: applied}\n`, [own]],
    [`${head}metadata: {name: applied}\n<<: {metadata: ${theirs}}\n`, [own]],
    yaml(`{name: applied, <<: {namespace: ${victim.namespace}}}`),
    // In quotes it is a key as any other.
    yaml(`{name: applied, "<<": {namespace: ${victim.namespace}}}`, [own]),
    yaml('{<<: {name: settings}, name: applied}', [own]),
    yaml('{name: applied, <<: {name: settings}}', [own]),
    yaml('{<<: [{name: applied}, {name: settings}]}', [own]),
    yaml('{<<: {name: applied}, <<: {name: settings}}'),
    yaml('{<<: applied}'),
    [`${laughs.join('\n')}\n${head}metadata: {name: applied}\ndata: {a: *l8}\n`, []],
    [`${head}metadata: {name: applied}\ndata: ${'{a: '.repeat(500)}b${'}'.repeat(500)}\n`, []],
    // Lists.
    json({ apiVersion: 'v1', kind: 'List', items: [item, stranger] }),
    json({ apiVersion: 'v1', kind: 'List', items: [item, item] }),
    json({ apiVersion: 'v1', kind: 'List', items: [null] }),
    json({ apiVersion: 'v1', kind: 'List', items: ['applied'] }),
    json({ apiVersion: 'v1', kind: 'List', items: { 0: stranger } }),
    json({ apiVersion: 'v1', kind: 'List', metadata: { name: victim.name }, items: [item] }, [own]),
    json({ apiVersion: 'v1', kind: 'List', metadata: { namespace: victim.namespace }, items: [item] }, [own]),
    json({ apiVersion: 'v1', kind: 'List', items: [{ apiVersion: 'v1', kind: 'List', items: [item] }] }, [own]),
    json({ apiVersion: 'v1', kind: 'List', items: [{ apiVersion: 'v1', kind: 'List', items: [stranger] }] }),
    json({ apiVersion: 'v1', kind: 'ConfigMapList', items: [item] }, [own]),
    json({ apiVersion: 'evil/v1', kind: 'EvilList', items: [stranger] }),
    json({ ...item, items: [stranger] }, [own]),
    // One key, two values.
    yaml('{name: applied, name: settings}'),
    yaml('{name: applied, "na\\u006de": settings}'),
    yaml('{name: applied, ? name : settings}'),
    [`${head}metadata: {name: applied}\nmetadata: {name: settings}\n`, []],
    [`${head}kind: Secret\nmetadata: {name: applied}\n`, []],
    yaml('{name: applied, "name ": settings}', [own]),
    yaml('{name: applied, Name: settings}', [own]),
    json({ ...item, Metadata: stranger.metadata }, [own]),
    json({ ...item, 'metadata ': stranger.metadata }, [own]),
    // Tags and directives.
    yaml('{name: !!str applied}', [own]),
    yaml('{name: !<tag:yaml.org,2002:str> applied}', [own]),
    ...[
      '!!js/function "x"',
      '!!js/undefined ""',
      '!!binary c2V0dGluZ3M=',
      '!<tag:yaml.org,2002:binary> c2V0dGluZ3M=',
      '!!python/object/apply:os.system [id]',
      '!!timestamp 2024-01-01',
      '!!set {settings}',
      '!!merge applied',
      '!evil applied',
      '!!int "1"',
      '!!null ""',
    ].map((name) => yaml(`{name: ${name}}`)),
    [`%YAML 1.1\n---\n${head}metadata: {name: applied}\n`, []],
    [`%TAG !! tag:evil.example,2000:\n---\n${head}metadata: {name: !!str applied}\n`, []],
    // Names that are none, and some that are.
    ...['123', '1e3', '0o17', '~', 'null', 'true', '[applied]', '{applied: 1}', '""', "''", '.'].map((name) =>
      yaml(`{name: ${name}}`),
    ),
    ...['yes', '2024-01-01', '1.2.3', '0777x'].map((name) => yaml(`{name: ${name}}`, [named(name)])),
    ...['" applied"', '"applied "', '"applied\\n"', '"applied\\u00a0"', '"\\ufeffapplied"', '"applied\\0"'].map(
      (name) => yaml(`{name: ${name}}`),
    ),
    [`${head}metadata:\n  name: |\n    applied\n`, []],
    [`${head}metadata:\n  name: >-\n    applied\n`, [own]],
    [`${head}metadata:\n  name: applied # settings\n`, [own]],
    [`\ufeff${head}metadata: {name: applied}\n`, [own]],
    [`${head}metadata: {name: applied}\n`.replaceAll('\n', '\r\n'), [own]],
    ...['\u2028', '\u2029', '\u0085', '\v'].map((end): Row => {
      return [`${head}metadata:\n  name: applied${end}  namespace: ${victim.namespace}\n`, []]
    }),
    // What is no metadata.
    ...[null, [], ['name'], 'applied', 1].map((metadata) => json(map(metadata))),
    ...[null, 1, [], {}, ['default'], true].map((value) => json(map({ name: 'applied', namespace: value }))),
    json({ apiVersion: 'v1', kind: 'ConfigMap' }),
    // What JavaScript would take for more than a key.
    [`{"__proto__":${JSON.stringify(stranger)}}`, []],
    [`{"__proto__":${JSON.stringify(stranger)},${JSON.stringify(item).slice(1)}`, [own]],
    [`${head}metadata: {__proto__: ${theirs}}\n`, []],
    [`${head}metadata: {name: applied, __proto__: ${theirs}}\n`, [own]],
    json(map({ name: 'applied', constructor: { prototype: { namespace: victim.namespace } } }), [own]),
    // Kinds that look like others.
    ...['configmap', 'CONFIGMAP', 'Configmap', 'configmaps', 'ConfigMaps', 'ConfigMap ', '\u0421onfigMap'].map((kind) =>
      json(map({ name: 'applied' }, { kind })),
    ),
    ...['V1', 'v1 ', '/v1', 'core/v1', 'v1/', 'v1beta1', '../v1', 'apps/v1', 'v1/../../apis/apps/v1'].map((version) =>
      json(map({ name: 'applied' }, { apiVersion: version })),
    ),
  ]
}

/** A definition and an object of its type in one call: the object's path is made of what the definition says. */
function hostileDefinitions({ namespace, hostile }: Place): Row[] {
  const group = 'evil.example'
  const definition = (plural: string, version: string) => ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `evils.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural, singular: 'evil', kind: 'Evil' },
      versions: [{ name: version, served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
    },
  })
  const row = (plural: string, version: string): Row => {
    const evil = { apiVersion: `${group}/${version}`, kind: 'Evil', metadata: { name: 'applied' } }
    const items = [definition(plural, version), evil]
    return [
      JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
      [
        { resource: 'customresourcedefinitions', name: `evils.${group}` },
        { resource: plural, namespace, name: 'applied' },
      ],
    ]
  }
  return hostile.flatMap((value) => [row(value, 'v1'), row('evils', value)])
}

/** Pointers to what says which object it is, to what only the server sets, and past the object's end. */
const pointers = [
  '',
  '/',
  '//',
  '/metadata',
  '/metadata/',
  '/metadata/name',
  '/metadata/name/',
  '/metadata//name',
  '//metadata/name',
  '/metadata/./name',
  '/metadata/labels/../name',
  '/metadata~1name',
  '/metadata/~0name',
  '/metadata/na~01me',
  '/~1metadata~1name',
  '/metadata/name~2',
  '/metadata/name~',
  '/Metadata/Name',
  '/metadata/na\u006de',
  '/metadata/nam\u0435',
  '/%6detadata/name',
  '/metadata%2fname',
  '#/metadata/name',
  'metadata/name',
  '/metadata/namespace',
  '/metadata/generateName',
  '/metadata/uid',
  '/metadata/resourceVersion',
  '/metadata/managedFields',
  '/metadata/deletionTimestamp',
  '/metadata/selfLink',
  '/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration',
  '/metadata/annotations/deployment.kubernetes.io~1revision',
  '/kind',
  '/apiVersion',
  '/status',
  '/status/replicas',
  '/__proto__/namespace',
  '/metadata/__proto__/namespace',
  '/metadata/labels/__proto__',
  '/constructor/prototype/name',
  '/spec/template/metadata/name',
  '/spec/template/metadata/namespace',
  '/spec/template/spec/containers/-1/image',
  '/spec/template/spec/containers/00/image',
  '/spec/template/spec/containers/1e0/image',
]

const pointerTo = (key: string) => `/metadata/annotations/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`

function patches({ namespace, victim, hostile }: Place): HostileDocument[] {
  const names = [{ resource: 'deployments', namespace, name: 'web' }]
  const patch = (value: string, patch_type: string): HostileDocument => {
    const args = { name: 'web', resource_type: 'deployment', namespace, patch: value, patch_type }
    return { tool: 'k8s_patch', parameter: 'patch', value, args, names }
  }
  const operations = [
    ...pointers.flatMap((path) => [
      { op: 'add', path, value: victim.namespace },
      { op: 'replace', path, value: victim.name },
      { op: 'test', path, value: victim.name },
      { op: 'remove', path },
      { op: 'move', from: path, path: '/metadata/annotations/moved' },
      { op: 'move', from: '/metadata/annotations', path },
      { op: 'copy', from: path, path: '/metadata/annotations/copied' },
      { op: 'copy', from: '/metadata/labels', path },
    ]),
    ...hostile.flatMap((value) => [
      { op: 'add', path: value, value: 'a' },
      { op: 'add', path: pointerTo(value), value: 'a' },
      { op: 'copy', from: value, path: '/metadata/annotations/copied' },
      { op: value, path: '/metadata/annotations/a', value: 'a' },
    ]),
  ]
  const merges: unknown[] = [
    { metadata: { name: victim.name } },
    { metadata: { namespace: victim.namespace } },
    { metadata: { name: victim.name, namespace: victim.namespace } },
    { metadata: { generateName: 'a' } },
    { metadata: { uid: victim.name } },
    { metadata: null },
    { metadata: [] },
    { metadata: 'web' },
    { metadata: { $patch: 'replace' } },
    { metadata: { $patch: 'delete', name: victim.name } },
    { metadata: { $retainKeys: ['name'] } },
    { metadata: { '$setElementOrder/name': [victim.name] } },
    { metadata: { '$deleteFromPrimitiveList/name': ['web'] } },
    { metadata: { '$setElementOrder/': [] } },
    { $patch: 'replace', metadata: { name: victim.name } },
    { $patch: 'delete' },
    { $retainKeys: ['kind'] },
    { '$setElementOrder/metadata': [victim.name] },
    { kind: 'ConfigMap' },
    { kind: null },
    { apiVersion: 'v1' },
    { status: { replicas: 9 } },
    { Metadata: { namespace: victim.namespace } },
    { items: [{ metadata: victim }] },
    [{ metadata: victim }],
    ...hostile.flatMap((value) => [
      { [value]: victim },
      { metadata: { [value]: victim.name } },
      { metadata: { labels: { [value]: 'a' } } },
      { metadata: { name: value } },
      { metadata: { namespace: value } },
    ]),
  ]
  const texts = [
    `{"__proto__": {"metadata": {"namespace": "${victim.namespace}"}}}`,
    `metadata: {labels: {a: b}, <<: {namespace: ${victim.namespace}}}`,
    `metadata: {labels: {a: b}, "<<": {namespace: ${victim.namespace}}}`,
    `x: &x {name: ${victim.name}}\nmetadata: *x`,
    'metadata: {labels: {a: b}, labels: {a: c}}',
    'metadata: {labels: {a: !!js/function "x"}}',
    `metadata: {labels: {a: b}}\n---\nmetadata: {namespace: ${victim.namespace}}`,
  ]
  return [
    ...operations.map((operation) => patch(JSON.stringify([operation]), 'json')),
    ...[...merges.map((each) => JSON.stringify(each)), ...texts].flatMap((value) =>
      ['strategic', 'merge'].map((type) => patch(value, type)),
    ),
  ]
}

function reversions({ namespace, victim, hostile }: Place): HostileDocument[] {
  const ref = { cluster: 'default', apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'reverted' }
  const patch = [{ op: 'add', path: '/data/color', value: 'red' }]
  const resource = 'configmaps'
  const reverted = { resource, namespace, name: 'reverted' }
  const returned = { resource, namespace, name: 'returned' }
  const back = (create: unknown): [unknown, NamedObject[]] => [
    { ref: { ...ref, name: 'returned' }, create },
    [returned],
  ]
  const rows: [entry: unknown, names: NamedObject[]][] = [
    ...hostile.flatMap((value): [unknown, NamedObject[]][] => [
      [{ ref: { ...ref, name: value }, patch }, [{ ...reverted, name: value }]],
      [{ ref: { ...ref, name: value }, delete: true }, [{ ...reverted, name: value }]],
      [{ ref: { ...ref, namespace: value }, patch }, [{ ...reverted, namespace: value }]],
      [{ ref: { ...ref, namespace: value }, delete: true }, [{ ...reverted, namespace: value }]],
      [{ ref: { ...ref, kind: value }, patch }, []],
      [{ ref: { ...ref, apiVersion: value }, patch }, []],
      [{ ref: { ...ref, cluster: value }, patch }, []],
      [{ ref: { ...ref, uid: value }, delete: true }, []],
      [{ ref: { ...ref, [value]: victim.name }, delete: true }, []],
      back(map({ name: value })),
      back(map({ name: 'returned', namespace: value })),
      back(map({ name: 'returned', [value]: victim.name })),
      back(map({ name: 'returned' }, { kind: value })),
    ]),
    ...[...pointers, ...hostile].flatMap((path): [unknown, NamedObject[]][] => [
      [{ ref, patch: [{ op: 'add', path, value: victim.namespace }] }, [reverted]],
      [{ ref, patch: [{ op: 'remove', path }] }, [reverted]],
    ]),
    [{ ref, patch: [{ op: 'copy', from: '/metadata/name', path: '/data/a' }] }, []],
    back(map({ name: victim.name, namespace: victim.namespace })),
    back(map({ generateName: 'a' })),
    back(map(null)),
    back({ apiVersion: 'v1', kind: 'Secret', metadata: { name: victim.name, namespace: victim.namespace } }),
    [{ ref: { ...ref, namespace: undefined }, delete: true }, []],
    [{ ref: { ...ref, kind: 'Node' }, delete: true }, []],
    [{ ref, patch, delete: true }, []],
    [{ ref, patch, create: map(victim) }, []],
    [{ delete: true }, []],
  ]
  const texts: [string, NamedObject[]][] = [
    ...rows.map(([entry, names]): [string, NamedObject[]] => [JSON.stringify([entry]), names]),
    [`[{"ref": ${JSON.stringify({ ...ref, name: victim.name })}, "delete": true, "__proto__": {}}]`, []],
    [
      `- ref: {<<: ${JSON.stringify({ ...ref, namespace: victim.namespace })}, namespace: "", name: x}\n  delete: true`,
      [],
    ],
    [`- ref: &r ${JSON.stringify(ref)}\n  delete: true\n  ref: *r\n`, []],
    [`{"kind": "List", "items": [${JSON.stringify({ ref, delete: true })}]}`, []],
  ]
  return texts.map(([changes, names]): HostileDocument => {
    return { tool: 'k8s_revert', parameter: 'changes', value: changes, args: { changes }, names }
  })
}
