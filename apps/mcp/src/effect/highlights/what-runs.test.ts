import { describe, expect, it } from 'vitest'
import { commandLine } from './command-line.ts'
import { objectOf } from './highlights-of.fixture.ts'
import { plainlyRead } from './plainly-read.fixture.ts'
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
      expect(of({ name: 'IT', value: 'ab' })).toEqual([])
      expect(of({ name: '', value })).toEqual([])
      expect(of({ value })).toEqual([])
      expect(of({ name: 'IT', value: [value] })).toEqual([])
    },
  )
  it('no variable whose name is no text', () => {
    const facts = runsOf({ command: ['sh', '-c', '$1'], env: [{ name: 1, value: 'a b' }] })
    expect(facts.map(([path]) => path)).toEqual(['/command'])
  })
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
