import { describe, expect, it } from 'vitest'
import { objectOf } from '../highlights-of.fixture.ts'
import { plainlyRead } from '../plainly-read.fixture.ts'
import { commandLine } from './command-line.ts'
import { whatRuns } from './what-runs.ts'

const runsOf = (container: object) =>
  whatRuns(plainlyRead(objectOf('v1', 'Pod', { spec: { containers: [{ name: 'app', ...container }] } }))).map(
    ({ path, fact, group, of }) => {
      expect([group, of]).toEqual(['what runs', '/spec/containers app'])
      return [path.replace('/spec/containers/0', ''), fact]
    },
  )

describe('of a container', () => {
  it.each<[string, object, string[][]]>([
    ['its image', { image: 'a:1' }, [['/image', 'image «a:1»']]],
    [
      'its command and arguments',
      { command: ['a'], args: ['b'] },
      [
        ['/command', "command '«a»'"],
        ['/args', "args '«b»'"],
      ],
    ],
    ['what it runs by itself', { source: 'id' }, [['/source', 'script «id»']]],
    ['nothing that is not there', { image: 1, command: [], args: 'x', source: 2, livenessProbe: { httpGet: {} } }, []],
  ])('%s', (_, container, facts) => {
    expect(runsOf(container)).toEqual(facts)
  })

  it.each(['livenessProbe', 'readinessProbe', 'startupProbe'])('its %s', (probe) => {
    expect(runsOf({ [probe]: { exec: { command: ['a'] } } })).toEqual([
      [`/${probe}/exec/command`, `script of ${probe} '«a»'`],
    ])
  })

  it.each(['postStart', 'preStop'])('its hook %s', (hook) => {
    expect(runsOf({ lifecycle: { [hook]: { exec: { command: ['a'] } } } })).toEqual([
      [`/lifecycle/${hook}/exec/command`, `script of ${hook} '«a»'`],
    ])
  })

  it.each([' ', ';', '|', '&', '$', '`', '<', '>', '('])(
    'a variable with %j in it that its shell looks into',
    (mark) => {
      const of = (variable: object) =>
        runsOf({ command: ['sh', '-c', 'eval "$IT"'], env: [variable] }).filter(([path]) => path?.startsWith('/env'))
      const value = `a${mark}b`
      expect(of({ name: 'IT', value })).toEqual([['/env/0/value', `script in variable «IT» «${value}»`]])
      expect(of({ name: 'OTHER', value })).toEqual([])
      expect(of({ name: '', value })).toEqual([])
      expect(of({ value })).toEqual([])
      expect(of({ name: 'IT', value: [value] })).toEqual([])
    },
  )
  it.each([
    [['$(IT)']],
    [['$(EMPTY)$(IT)', 'b']],
    [['sh', '-c', '$IT']],
    [['sh', '-c', 'exec "$IT" a']],
    [['sh', '-c', 'cd /a; $IT']],
    [['sh', '-c', '. $IT']],
    [['sh', '-c', 'if $IT; then a; fi']],
  ])('a variable that is the program of %j', (command) => {
    const env = [{ name: 'IT', value: '/data/evil' }]
    expect(runsOf({ command, env }).slice(1)).toEqual([['/env/0/value', 'program in variable «IT» «/data/evil»']])
  })

  it.each([
    [['a', '$(IT)']],
    [['a$(IT)']],
    [['$IT']],
    [['sh', '-c', 'a --port $IT']],
    [['sh', '-c', 'echo "$IT"']],
    [['sh', '-c', 'IT a']],
    [['sh', '-c', `${'a'.repeat(50)} $IT`]],
  ])('no plain word that is none of %j', (command) => {
    expect(runsOf({ command, env: [{ name: 'IT', value: '8080' }] }).slice(1)).toEqual([])
  })

  it('no variable whose name is no text', () => {
    const facts = runsOf({ command: ['sh', '-c', '$1'], env: [{ name: 1, value: 'a b' }] })
    expect(facts.map(([path]) => path)).toEqual(['/command'])
    expect(runsOf({ env: [{ name: ['PATH'], value: 'a' }] })).toEqual([])
  })
})

describe('a variable that is run by itself', () => {
  const of = (variable: object) =>
    runsOf({ command: ['serve'], env: [variable] }).filter(([path]) => path !== '/command')
  it.each([
    ...['BASH_ENV', 'PROMPT_COMMAND', 'LD_PRELOAD', 'LD_AUDIT', 'LD_LIBRARY_PATH', 'NODE_OPTIONS', 'NODE_PATH'],
    ...['PYTHONSTARTUP', 'PYTHONPATH', 'PYTHONHOME', 'PERL5OPT', 'PERL5LIB', 'RUBYOPT', 'RUBYLIB', 'JAVA_TOOL_OPTIONS'],
    ...['JDK_JAVA_OPTIONS', '_JAVA_OPTIONS', 'DOTNET_STARTUP_HOOKS', 'GIT_SSH', 'GIT_SSH_COMMAND', 'PATH'],
  ])('is told: %s', (name) => {
    expect(of({ name, value: 'a' })).toEqual([['/env/0/value', `variable «${name}» «a»`]])
    expect(of({ name: `X${name}`, value: 'a' })).toEqual([])
    expect(of({ name: `${name}X`, value: 'a' })).toEqual([])
  })
  it('is told where its value comes from elsewhere', () => {
    expect(of({ name: 'LD_PRELOAD', valueFrom: 'x' })).toEqual([['/env/0/valueFrom', 'variable «LD_PRELOAD» «x»']])
    expect(of({ name: 'LEVEL', valueFrom: 'x' })).toEqual([])
  })
  it('is ENV where it is a path', () => {
    expect(of({ name: 'ENV', value: '/tmp/x' })).toEqual([['/env/0/value', 'variable «ENV» «/tmp/x»']])
    expect(of({ name: 'ENV', value: 'production' })).toEqual([])
    expect(of({ name: 'ENV', valueFrom: 'x' })).toEqual([['/env/0/valueFrom', 'variable «ENV» «x»']])
  })
  it('is told once where a shell is told to run it', () => {
    expect(runsOf({ command: ['sh', '-c', '$PATH'], env: [{ name: 'PATH', value: 'a b' }] }).at(-1)).toEqual([
      '/env/0/value',
      'script in variable «PATH» «a b»',
    ])
  })
})

it('an image whose files are mounted', () => {
  const volumes = [
    { name: 'a', emptyDir: {} },
    { name: 'b', image: { reference: 'evil.example/x:1' } },
  ]
  expect(whatRuns(plainlyRead(objectOf('v1', 'Pod', { spec: { containers: [{}], volumes } })))).toEqual([
    {
      group: 'what runs',
      path: '/spec/volumes/1/image/reference',
      of: '/spec',
      fact: 'image volume «evil.example/x:1»',
    },
  ])
})

it('of a command in a pod, the words', () => {
  const facts = whatRuns(plainlyRead(objectOf('v1', 'PodExecOptions', { command: ['ls', '-l'] })))
  expect(facts).toEqual([{ group: 'what runs', path: '/command', of: '', fact: "command '«ls»' '«-l»'" }])
})

it('words stand in a line as a shell would be given them', () => {
  expect(commandLine(['a', 'B9_./:=@%+,~^-', 'a b', "it's", '', 'a;b', ';b', 'a;'])).toBe(
    "a B9_./:=@%+,~^- 'a b' 'it'\\''s' '' 'a;b' ';b' 'a;'",
  )
})
