import type { Sent } from './bare-servers.fixture.ts'
import { type Kind, kinds } from './manifests.fixture.ts'
import type { Random } from './random.fixture.ts'

type Body = { [key: string]: unknown }

const names = ['web', 'db', 'a-1']
const oddNames = ['Web', 'a_b', '', 'x'.repeat(70), '-a', 'a.b', 'a/b']
const oddValues: readonly unknown[] = [
  '',
  'text',
  -1,
  0,
  1.5,
  true,
  null,
  [],
  {},
  ['a'],
  { a: 'b' },
  100_000,
  'Bad Value!',
]

/** Requests of one sequence: of two or three kinds, so that they meet each other. */
export function requestSequence(random: Random, namespace: string, length: number): Sent[] {
  const chosen = [random.pick(kinds), random.pick(kinds), random.pick(kinds)]
  return Array.from({ length }, () => requestOf(random, random.pick(chosen), namespace))
}

function requestOf(random: Random, kind: Kind, namespace: string): Sent {
  const collection = kind.path.replace('NS', namespace)
  const name = random.pick(names)
  const one = `${collection}/${name}`
  const dry = random.chance(0.1) ? ['dryRun=All'] : []
  const writing = [
    ...dry,
    ...(random.chance(0.5) ? [`fieldValidation=${random.pick(['Strict', 'Warn', 'Ignore'])}`] : []),
  ]
  const query = (parts: readonly string[]) => (parts.length > 0 ? `?${parts.join('&')}` : '')
  const roll = random.below(100)
  if (roll < 34) return { method: 'POST', path: collection + query(writing), body: bodyOf(random, kind, name) }
  if (roll < 44) return { method: 'PUT', path: one + query(writing), body: bodyOf(random, kind, name) }
  if (roll < 54) {
    const manager = [
      `fieldManager=${random.pick(['one', 'two'])}`,
      ...(random.chance(0.3) ? ['force=true'] : []),
      ...dry,
    ]
    const contentType = 'application/apply-patch+yaml'
    return { method: 'PATCH', path: one + query(manager), contentType, body: bodyOf(random, kind, name) }
  }
  if (roll < 72) return { method: 'PATCH', path: one + query(writing), ...patchOf(random) }
  if (roll < 80) return { method: 'GET', path: one, accept: acceptOf(random) }
  if (roll < 88) return { method: 'GET', path: collection + query(listOf(random)), accept: acceptOf(random) }
  if (roll < 91) return { method: 'GET', path: `${one}/${random.pick(['status', 'scale'])}` }
  if (roll < 97) {
    const body = random.maybe(0.4, () => ({
      propagationPolicy: random.pick(['Background', 'Foreground', 'Orphan', 'Nonsense']),
      dryRun: random.maybe(0.2, () => ['All']),
      preconditions: random.maybe(0.2, () => ({ uid: 'not-this-one' })),
    }))
    return { method: 'DELETE', path: one + query(dry), body }
  }
  return { method: 'DELETE', path: collection + query(['labelSelector=tier%3Ddb', ...dry]) }
}

function bodyOf(random: Random, { apiVersion, kind, make }: Kind, name: string): Body {
  const body: Body = {
    apiVersion,
    kind,
    metadata: {
      name: random.chance(0.04) ? random.pick(oddNames) : name,
      labels: random.maybe(0.5, () => ({ tier: random.pick(['db', 'web']), app: 'web' })),
      annotations: random.maybe(0.3, () => ({ note: random.pick(['x', '']) })),
      finalizers: random.maybe(0.04, () => ['example.com/hold']),
    },
    ...make(random),
  }
  const plain = JSON.parse(JSON.stringify(body)) as Body
  if (random.chance(0.35)) spoil(random, plain)
  return plain
}

/** Takes away, changes or adds something anywhere in a body. */
function spoil(random: Random, body: Body): void {
  let here: unknown = body
  const trail: (Body | unknown[])[] = []
  while (typeof here === 'object' && here !== null && Object.keys(here).length > 0) {
    trail.push(here as Body)
    if (random.chance(0.15) && trail.length > 2) break
    here = (here as Body)[random.pick(Object.keys(here))]
  }
  const parent = trail.at(-1)
  if (parent === undefined || trail.length < 2) return
  const key = random.pick(Object.keys(parent))
  if (key === 'name' && trail.length === 2) return
  const target = parent as Body
  const roll = random.below(10)
  if (roll < 3) {
    if (Array.isArray(parent)) parent.splice(Number(key), 1)
    else delete target[key]
  } else if (roll < 8) target[key] = random.pick(oddValues)
  else if (!Array.isArray(parent)) target[random.pick(['unknownField', 'spec', 'name2'])] = random.pick(oddValues)
}

function patchOf(random: Random): Pick<Sent, 'body' | 'contentType'> {
  const metadata = random.maybe(0.6, () => ({
    labels: random.pick<Body>([{ tier: 'db' }, { tier: null }, { 'bad key!': 'x' }, { extra: 'y' }]),
    annotations: random.maybe(0.3, () => ({ patched: 'yes' })),
  }))
  const spec = random.maybe(0.6, () =>
    random.pick<Body>([
      { replicas: random.pick<unknown>([0, 2, -1, '3', null]) },
      { template: { spec: { containers: [{ name: 'main', image: 'nginx:2' }] } } },
      { template: { spec: { containers: [{ name: 'side', $patch: 'delete' }] } } },
      { template: { metadata: { annotations: { restartedAt: 'now' } } } },
      { paused: true },
      { suspend: true },
      { selector: { matchLabels: { app: 'other' } } },
      { unknownField: 1 },
      { ports: [{ port: 81, name: 'extra' }] },
      { containers: [{ name: 'main', image: 'nginx:3' }] },
    ]),
  )
  const data = random.maybe(0.3, () => ({ a: random.pick<unknown>(['changed', null, 5]) }))
  const merged = JSON.parse(JSON.stringify({ metadata, spec, data })) as Body
  switch (random.below(4)) {
    case 0:
      return { contentType: 'application/merge-patch+json', body: merged }
    case 1: {
      const operations = Array.from({ length: 1 + random.below(2) }, () => operationOf(random))
      return { contentType: 'application/json-patch+json', body: operations }
    }
    default:
      return { contentType: 'application/strategic-merge-patch+json', body: merged }
  }
}

function operationOf(random: Random): Body {
  const path = random.pick([
    '/metadata/labels',
    '/metadata/labels/tier',
    '/spec/replicas',
    '/spec/template/spec/containers/0/image',
    '/data/a',
    '/nothing/here',
    '/metadata/annotations/x',
    '/spec/ports/-',
    '/metadata/labels/a~1b',
  ])
  const value =
    path === '/metadata/labels'
      ? { tier: 'web' }
      : path === '/spec/replicas'
        ? 3
        : path.endsWith('-')
          ? { port: 99, name: 'more' }
          : 'value'
  return random.pick<Body>([
    { op: 'add', path, value },
    { op: 'replace', path, value },
    { op: 'remove', path },
    { op: 'test', path, value },
    { op: 'copy', from: '/metadata/name', path },
  ])
}

function acceptOf(random: Random): string | undefined {
  return random.maybe(0.3, () =>
    random.pick([
      'application/json;as=Table;v=v1;g=meta.k8s.io,application/json',
      'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json',
      'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json',
    ]),
  )
}

function listOf(random: Random): string[] {
  const parts: string[] = []
  if (random.chance(0.4)) {
    const selectors = [
      'tier=db',
      'tier!=db',
      'app in (web,db)',
      '!tier',
      'tier',
      'a==b,tier notin (web)',
      'bad key',
      'a=b=c',
    ]
    parts.push(`labelSelector=${encodeURIComponent(random.pick(selectors))}`)
  }
  if (random.chance(0.2)) {
    const selectors = ['metadata.name=web', 'metadata.name!=web', 'spec.nodeName=x', 'status.phase=Pending', 'nonsense']
    parts.push(`fieldSelector=${encodeURIComponent(random.pick(selectors))}`)
  }
  if (random.chance(0.3)) parts.push(`limit=${random.pick([1, 2, 500])}`)
  return parts
}
