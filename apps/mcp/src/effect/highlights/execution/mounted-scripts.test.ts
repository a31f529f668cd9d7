import { describe, expect, it } from 'vitest'
import { objectOf } from '../highlights-of.fixture.ts'
import { plainlyRead } from '../plainly-read.fixture.ts'
import { podsOf } from '../pods.ts'
import { scriptsMounted, scriptsNamedBy } from './scripts.ts'

const text = 'wget x | sh'
const map = objectOf('v1', 'ConfigMap', { data: { payload: text } }, 'scripts')
const fromMap = { name: 'v', configMap: { name: 'scripts' } }

const podOf = (container: object, volume: object = fromMap) =>
  objectOf('v1', 'Pod', { spec: { containers: [{ name: 'app', ...container }], volumes: [volume] } }, 'pod')

/** Whether the value is told to be a script: when it is written, and when what runs it is. */
function isListed(container: object, volume?: object): boolean {
  const pod = podOf(container, volume)
  const written = scriptsNamedBy(podsOf(pod))(plainlyRead(map)).map(({ fact }) => fact)
  const mounted = scriptsMounted([plainlyRead(map)])(plainlyRead(pod)).map(({ fact }) => fact)
  expect(written).toEqual(mounted.length === 0 ? [] : [`script payload «${text}»`])
  expect(mounted).toEqual(written.length === 0 ? [] : [`script payload of ConfigMap scripts «${text}»`])
  return written.length > 0
}

const mount = (mountPath: string, more: object = {}) => ({ volumeMounts: [{ name: 'v', mountPath, ...more }] })
const items = (path: string, more: object = {}) => ({
  name: 'v',
  configMap: { name: 'scripts', items: [{ key: 'payload', path, ...more }] },
})

describe('a value that is mounted is run', () => {
  it.each<[string, object, object?]>([
    ['at another place of its own', { command: ['sh', '/opt/run'], ...mount('/opt/run', { subPath: 'payload' }) }],
    [
      'by a part written another way',
      { command: ['sh', '/opt/run'], ...mount('//opt/./run/', { subPath: './payload' }) },
    ],
    ['by a part that its node chooses', { command: ['sh', '/opt/run'], ...mount('/opt/run', { subPathExpr: '$(X)' }) }],
    [
      'out of a directory of its volume',
      { command: ['sh', '/opt/run/b'], ...mount('/opt/run', { subPath: 'a' }) },
      items('a/b'),
    ],
    ['by its directory', { command: ['run-parts', '/opt/run'], ...mount('/opt/run') }],
    ['by its directory, with a stroke', { args: ['/opt/run/'], ...mount('/opt/run') }],
    ['by a pattern', { command: ['sh', '-c', 'for f in /c/*; do . $f; done'], ...mount('/c') }],
    ['by a pattern of a directory further up', { command: ['sh', '-c', 'sh /a/*/*'], ...mount('/a/b') }],
    ['by a directory in a list', { command: ['sh', '-c', 'cd /x;cd /c;sh ./p*'], ...mount('/c') }],
    ['from where its shell begins', { command: ['sh', '-c', '. ./*'], workingDir: '/c', ...mount('/c') }],
    [
      'by a path in a variable of a shell',
      {
        command: ['sh', '-c', '. $IT'],
        env: [{ name: 'IT', value: '/opt/run' }],
        ...mount('/opt/run', { subPath: 'payload' }),
      },
    ],
    ['over the entry point of the image', mount('/docker-entrypoint.sh', { subPath: 'payload' })],
    ['in the directory that an entry point goes through', mount('/docker-entrypoint-initdb.d')],
    ['among the programs', mount('/usr/local/bin/serve', { subPath: 'payload' })],
    ['among the programs of an application', mount('/app/bin')],
    ['in place of a library', mount('/usr/lib/libc.so', { subPath: 'payload' })],
    ['as what a shell reads first', mount('/root/.bashrc', { subPath: 'payload' })],
    ['as what any shell reads', mount('/etc/profile.d')],
    ['as what is run at times', mount('/etc/cron.d')],
    ['as what the loader loads', mount('/etc/ld.so.preload', { subPath: 'payload' })],
    ['at the root', mount('/start', { subPath: 'payload' })],
    ['under the name of a script', mount('/app'), items('job.py')],
    [
      'as a file that may be executed',
      mount('/app'),
      { name: 'v', configMap: { name: 'scripts', defaultMode: 0o755 } },
    ],
    ['as one of them that may be', mount('/app'), items('x', { mode: 0o500 })],
    [
      'as one that may be, among other sources',
      mount('/app'),
      { name: 'v', projected: { defaultMode: 0o555, sources: [{ configMap: { name: 'scripts' } }] } },
    ],
    ['at so many places that nobody looks at them', { volumeMounts: places(21) }],
  ])('%s', (_, container, volume) => {
    expect(isListed(container, volume)).toBe(true)
  })
})

describe('a value that comes as a variable which a run time runs by itself', () => {
  const given = (name: string) => ({
    env: [{ name, valueFrom: { configMapKeyRef: { name: 'scripts', key: 'payload' } } }],
  })
  it.each([
    'NODE_OPTIONS',
    'LD_PRELOAD',
    'BASH_FUNC_ls%%',
    'LUA_INIT',
    'LUA_INIT_5_4',
    'LUA_PATH',
    'GCONV_PATH',
    'OPENSSL_CONF',
    'PHPRC',
    'PHP_INI_SCAN_DIR',
    'ERL_FLAGS',
    'ERL_AFLAGS',
    'CLASSPATH',
    'JAVA_OPTS',
    'CATALINA_OPTS',
    'CORECLR_PROFILER_PATH',
  ])('%s is run', (name) => {
    expect(isListed({ command: ['serve'], ...given(name) })).toBe(true)
  })

  it('is run with all others of its source, too, by what it is called then', () => {
    const payload = { command: ['serve'], envFrom: [{ prefix: 'LD_', configMapRef: { name: 'scripts' } }] }
    const preload = objectOf('v1', 'ConfigMap', { data: { PRELOAD: '/a.so', OTHER: '/b.so' } }, 'scripts')
    const listed = scriptsMounted([plainlyRead(preload)])(plainlyRead(podOf(payload)))
    expect(listed.map(({ fact }) => fact)).toEqual(['script PRELOAD of ConfigMap scripts «/a.so»'])
  })

  it('is run from a Secret, and ENV only where it is a path', () => {
    const env = (text: string) =>
      objectOf('v1', 'Secret', { data: { ENV: Buffer.from(text).toString('base64') } }, 'scripts')
    const container = { command: ['serve'], envFrom: [{ secretRef: { name: 'scripts' } }] }
    const listed = (text: string) => scriptsMounted([plainlyRead(env(text))])(plainlyRead(podOf(container))).length
    expect([listed('/a/rc'), listed('production')]).toEqual([1, 0])
  })

  it('is none under another name', () => {
    expect(isListed({ command: ['serve'], ...given('LOG_LEVEL') })).toBe(false)
  })
})

function places(count: number): object[] {
  return Array.from({ length: count }, (_, index) => ({ name: 'v', mountPath: `/data/${index}` }))
}

describe('a value that is mounted is none', () => {
  it.each<[string, object, object?]>([
    ['where the part is another', { command: ['sh', '/opt/run'], ...mount('/opt/run', { subPath: 'other' }) }],
    [
      'where the mount is of another volume',
      { command: ['sh', '/opt/run'], volumeMounts: [{ name: 'w', mountPath: '/opt/run', subPath: 'payload' }] },
    ],
    ['where a command names a neighbour', { command: ['sh', '/opt/run2', '/opt/run/x'], ...mount('/opt/run') }],
    ['where a command goes through a neighbour', { command: ['sh', '-c', 'sh /opt/run-2/*'], ...mount('/opt/run') }],
    ['where a command names the root', { command: ['ls', '/'], ...mount('/c') }],
    [
      'where the path is in a variable of a program',
      { command: ['serve'], env: [{ name: 'IT', value: '/opt/run' }], ...mount('/opt/run', { subPath: 'payload' }) },
    ],
    ['among settings', mount('/etc/app/conf.d')],
    ['beside the programs', mount('/app/bindings')],
    ['as settings of a starter', mount('/main.conf', { subPath: 'payload' })],
    ['as a file that may be read', mount('/app'), { name: 'v', configMap: { name: 'scripts', defaultMode: 0o644 } }],
    ['as one of others that may be executed', mount('/app'), items('x', { mode: 0o440 })],
    ['as one of a mode that is no number', mount('/app'), items('x', { mode: '493' })],
    ['at a place that no node has', { command: ['sh', '/opt/run'], ...mount(`/opt/run${'/a'.repeat(2048)}`) }],
    ['at nothing that is a place', { command: ['sh', '/opt/run'], volumeMounts: [{ name: 'v', mountPath: 1 }] }],
    ['at twenty places', { volumeMounts: places(20) }],
  ])('%s', (_, container, volume) => {
    expect(isListed(container, volume)).toBe(false)
  })
})

it('what stands beside its containers is theirs', () => {
  const workflow = objectOf('argoproj.io/v1alpha1', 'Workflow', {
    spec: { volumes: [fromMap], templates: [{ container: { image: 'a', command: ['sh', '/opt/payload'] } }] },
  })
  expect(scriptsNamedBy(podsOf(workflow))(plainlyRead(map))).toHaveLength(1)
})

it('a pod that stands in another has volumes of its own', () => {
  const inner = { spec: { containers: [{ name: 'b', command: ['sh', '/opt/payload'] }] } }
  const of = (volumes: object[]) =>
    objectOf('example.com/v1', 'Thing', { spec: { containers: [{ name: 'a' }], volumes, template: inner } })
  expect(scriptsNamedBy(podsOf(of([fromMap])))(plainlyRead(map))).toEqual([])
})

it('bytes of what is there already are told as they are written', () => {
  const encoded = Buffer.from(text).toString('base64')
  const bytes = objectOf('v1', 'ConfigMap', { binaryData: { payload: encoded } }, 'scripts')
  const [fact] = scriptsMounted([plainlyRead(bytes)])(plainlyRead(podOf({ command: ['sh', '/c/payload'] })))
  expect(fact?.fact).toBe(`script in base64 payload of ConfigMap scripts «${encoded}»`)
})
