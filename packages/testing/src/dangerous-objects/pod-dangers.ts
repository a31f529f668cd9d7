import fc from 'fast-check'
import type { Fields } from './kube-json.ts'
import { type Payload, payload } from './payload.ts'

/** One dangerous thing in the spec of a pod: the spec with it, and where it stands there. */
export type PodDanger = {
  what: string
  behind: string
  text: string
  whole: string
  spec: Fields
  at: readonly string[]
}

type Where = { list: 'containers' | 'initContainers'; index: number }

/** Any container of a spec, of those that begin it too. */
function somewhere(spec: Fields): fc.Arbitrary<Where> {
  const places = (['containers', 'initContainers'] as const).flatMap((list) =>
    listOf(spec, list).map((_, index): Where => ({ list, index })),
  )
  return fc.constantFrom(...places)
}

function listOf(spec: Fields, list: Where['list']): Fields[] {
  return (spec[list] ?? []) as Fields[]
}

type OfContainer = {
  what: string
  fields: Fields
  at: readonly string[]
  text: string
  whole?: string
  behind?: string
}

function inContainer(spec: Fields, { list, index }: Where, danger: OfContainer): PodDanger {
  const { what, fields, at, text, whole = text, behind = 'nothing' } = danger
  const containers = listOf(spec, list).map((each, place) => (place === index ? { ...each, ...fields } : each))
  return { what, behind, text, whole, spec: { ...spec, [list]: containers }, at: [list, String(index), ...at] }
}

function runs({ line, whole, behind }: Payload): Pick<OfContainer, 'text' | 'whole' | 'behind'> {
  return { text: line, whole, behind }
}

const rights: readonly { what: string; fields: Fields; at: readonly string[]; text: string }[] = [
  {
    what: 'privilege',
    fields: { securityContext: { privileged: true } },
    at: ['securityContext', 'privileged'],
    text: 'privileged',
  },
  {
    what: 'root',
    fields: { securityContext: { runAsUser: 0 } },
    at: ['securityContext', 'runAsUser'],
    text: 'runs as root',
  },
  {
    what: 'capability',
    fields: { securityContext: { capabilities: { add: ['SYS_ADMIN'] } } },
    at: ['securityContext', 'capabilities', 'add', '0'],
    text: 'adds capability SYS_ADMIN',
  },
  {
    what: 'library',
    fields: { env: [{ name: 'LD_PRELOAD', value: '/tmp/hook.so' }] },
    at: ['env', '0'],
    text: 'variable LD_PRELOAD /tmp/hook.so',
  },
  {
    what: 'port of the node',
    fields: { ports: [{ containerPort: 8022, hostPort: 8022 }] },
    at: ['ports', '0'],
    text: 'host port 8022',
  },
  {
    what: 'Secret in env',
    fields: { env: [{ name: 'ROOT', valueFrom: { secretKeyRef: { name: 'db-root', key: 'password' } } }] },
    at: ['env', '0'],
    text: 'reads Secret db-root into env',
  },
]

const ofThePod: readonly { what: string; fields: Fields; at: readonly string[]; text: string; notOf?: string }[] = [
  { what: 'host', fields: { hostNetwork: true }, at: ['hostNetwork'], text: 'host network' },
  { what: 'host', fields: { hostPID: true }, at: ['hostPID'], text: 'host PID' },
  { what: 'host', fields: { hostIPC: true }, at: ['hostIPC'], text: 'host IPC' },
  {
    what: 'host path',
    fields: {
      volumes: [
        { name: 'scratch', emptyDir: {} },
        { name: 'node', hostPath: { path: '/var/run' } },
      ],
    },
    at: ['volumes', '1'],
    text: 'host path /var/run',
  },
  {
    what: 'mounted Secret',
    fields: {
      volumes: [
        { name: 'scratch', emptyDir: {} },
        { name: 'keys', secret: { secretName: 'db-root' } },
      ],
    },
    at: ['volumes', '1'],
    text: 'mounts Secret db-root',
  },
  {
    // A pod by itself is refused where its account is not there.
    notOf: 'Pod',
    what: 'token',
    fields: { serviceAccountName: 'cluster-operator' },
    at: ['serviceAccountName'],
    text: 'token of service account cluster-operator',
  },
]

const token = { what: 'token', text: 'token of service account cluster-operator', notOf: 'Pod' } as const
const tokens: typeof ofThePod = [
  {
    // Called as the server calls its own.
    ...token,
    fields: {
      serviceAccountName: 'cluster-operator',
      automountServiceAccountToken: false,
      volumes: [
        { name: 'scratch', emptyDir: {} },
        { name: 'kube-api-access-x2x4z', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } },
      ],
    },
    at: ['volumes', '1'],
  },
  { ...token, fields: { serviceAccountName: '', serviceAccount: 'cluster-operator' }, at: ['serviceAccount'] },
]

/** All dangers that a spec of a pod can have, each at a random place of it. */
export function podDanger(spec: Fields, kind: string): fc.Arbitrary<PodDanger> {
  const main = fc.nat(listOf(spec, 'containers').length - 1).map((index): Where => ({ list: 'containers', index }))
  const shell = ['/bin/sh', '-c'] as const
  const running = (
    what: string,
    place: fc.Arbitrary<Where>,
    of: (whole: string) => Pick<OfContainer, 'fields' | 'at'>,
  ): fc.Arbitrary<PodDanger> =>
    fc
      .tuple(place, payload)
      .map(([where, text]) => inContainer(spec, where, { what, ...of(text.whole), ...runs(text) }))
  return fc.oneof(
    running('command', somewhere(spec), (whole) => ({ fields: { command: [...shell, whole] }, at: ['command', '2'] })),
    running('args', somewhere(spec), (whole) => ({ fields: { args: ['-c', whole] }, at: ['args', '1'] })),
    running('probe', main, (whole) => ({
      fields: { livenessProbe: { exec: { command: [...shell, whole] } } },
      at: ['livenessProbe', 'exec', 'command', '2'],
    })),
    running('hook', main, (whole) => ({
      fields: { lifecycle: { postStart: { exec: { command: [...shell, whole] } } } },
      at: ['lifecycle', 'postStart', 'exec', 'command', '2'],
    })),
    running('variable that runs', main, (whole) => ({
      fields: { env: [{ name: 'CLEANUP_TOKEN', value: whole }], command: [...shell, 'eval "$CLEANUP_TOKEN"'] },
      at: ['env', '0', 'value'],
    })),
    running('variable in the words', somewhere(spec), (whole) => ({
      fields: {
        env: [
          { name: 'RUNNER', value: '/bin/sh' },
          { name: 'STEP', value: whole },
        ],
        command: ['$(RUNNER)', '-c', '$(STEP)'],
      },
      at: ['env', '1', 'value'],
    })),
    fc.tuple(somewhere(spec), fc.nat(0xffff)).map(([where, number]) => {
      const image = `evil.example/miner-${number.toString(16)}:1`
      return inContainer(spec, where, { what: 'image', fields: { image }, at: ['image'], text: `image ${image}` })
    }),
    fc.tuple(somewhere(spec), fc.constantFrom(...rights)).map(([where, each]) => inContainer(spec, where, each)),
    fc
      .constantFrom(...[...ofThePod, ...tokens].filter(({ notOf }) => notOf !== kind))
      .map(({ what, fields, at, text }): PodDanger => {
        return { what, behind: 'nothing', text, whole: text, spec: { ...spec, ...fields }, at }
      }),
  )
}
