import { describe, expect, it } from 'vitest'
import { isMentioned, mayRunVariable, namesProgram } from './mentions.ts'

/** Each says more than the one before it. */
type Said = 'nothing' | 'mentioned' | 'may run' | 'program'

/** What a command says of a variable. */
function said(command: readonly string[], variable: string, env: readonly [name: string, value: string][] = []): Said {
  const container = { path: '', value: { command, env: env.map(([name, value]) => ({ name, value })) } }
  const says = [
    isMentioned(container, variable),
    mayRunVariable(container, variable),
    namesProgram(container, variable),
  ]
  expect(says).toEqual(says.toSorted().toReversed())
  return (['nothing', 'mentioned', 'may run', 'program'] as const)[says.filter(Boolean).length] ?? 'nothing'
}

const sh = (script: string) => ['sh', '-c', script]

describe('a script says of the variable IT', () => {
  it.each<[string, Said]>([
    ['$IT', 'program'],
    ['"$IT" --all', 'program'],
    [';$(IT)', 'program'],
    [`cd /app && $${'{IT}'}`, 'program'],
    ['echo `$IT`', 'program'],
    ['cd /app\n$IT', 'program'],
    ['if true; then $IT; fi', 'program'],
    ['true; . $IT', 'program'],
    ['nice -n 5 sudo "$IT"', 'program'],
    ['eval $IT', 'program'],
    // White space hides nothing, however much of it.
    [`eval${' '.repeat(60)}$IT`, 'program'],
    [`cd /app${' '.repeat(60)}\n${' '.repeat(60)}$IT`, 'program'],
    [`${'\t'.repeat(60)}$IT`, 'program'],
    [`eval${' '.repeat(60)}$(IT)`, 'program'],
    ['echo $($IT)', 'program'],
    // Nor does a long beginning.
    [`echo ${'a'.repeat(200)}; eval $IT`, 'program'],
    [`echo ${'a'.repeat(36)};$IT`, 'program'],
    ['echo $IT', 'may run'],
    ['medieval $IT', 'may run'],
    ['x=eval$IT', 'may run'],
    ['$OTHER --name $IT', 'may run'],
    [`eval ${'a'.repeat(200)} $IT`, 'may run'],
    ['eval "$IT"; echo IT is done', 'program'],
    ['echo IT runs; eval "$IT"', 'program'],
    ['echo IT', 'mentioned'],
    ['echo $ITS', 'nothing'],
  ])('%j: %s', (script, wanted) => {
    expect(said(sh(script), 'IT')).toBe(wanted)
  })
})

describe('a command that no shell starts says of the variable IT', () => {
  it.each<[string[], Said]>([
    [['$(IT)', '--all'], 'program'],
    [['$(EMPTY)$(IT)'], 'program'],
    [['timeout', '5', '$(IT)'], 'may run'],
    [['serve', '--path=$(IT)'], 'mentioned'],
    [['serve', 'x$(EMPTY)$(IT)'], 'mentioned'],
    [['serve', '$IT'], 'mentioned'],
    [['serve', 'IT'], 'mentioned'],
    [['serve'], 'nothing'],
  ])('%j: %s', (command, wanted) => {
    expect(said(command, 'IT')).toBe(wanted)
  })
})

describe('a variable with an odd name, as Kubernetes allows it', () => {
  it.each<[string[], string, Said]>([
    [['$(my.name)'], 'my.name', 'program'],
    [['timeout', '5', '$(my-name)'], 'my-name', 'may run'],
    [['timeout', '5', '$(-)'], '-', 'may run'],
    [sh('my.names $(my.name)'), 'my.name', 'may run'],
    [['serve', 'my.name'], 'my.name', 'mentioned'],
    [['serve', '.my.name.'], 'my.name', 'mentioned'],
    [['serve', '$my.name'], 'my.name', 'mentioned'],
    [['serve', 'my.names'], 'my.name', 'nothing'],
    [['serve', 'amy.name'], 'my.name', 'nothing'],
    [['serve', 'my_name'], 'my.name', 'nothing'],
    [['serve'], 'my.name', 'nothing'],
    // Kubernetes takes all up to the first bracket that closes for the name.
    [['timeout', '5', '$(A$(IT)'], 'A$(IT', 'may run'],
    [['$(EMPTY)$(A$(IT)'], 'A$(IT', 'program'],
  ])('%j says of it, %s: %s', (command, name, wanted) => {
    expect(said(command, name)).toBe(wanted)
  })
})

describe('what is said of a variable is said of what its value takes in', () => {
  it.each<[string, string[], [string, string][], Said]>([
    ['alone', ['timeout', '5', '$(A)'], [['A', '$(IT)']], 'may run'],
    ['in the midst', ['timeout', '5', '$(A)'], [['A', 'x $(B) $(IT) y']], 'may run'],
    ['only as text', ['serve', '--a=$(A)'], [['A', '$(IT)']], 'mentioned'],
    [
      'through others, in whatever order',
      ['timeout', '5', '$(A)'],
      [
        ['B', '$(C)'],
        ['C', '$(IT)'],
        ['A', '$(B)'],
      ],
      'may run',
    ],
    [
      'in a circle',
      ['timeout', '5', '$(A)'],
      [
        ['A', '$(B)'],
        ['B', '$(A)$(IT)'],
      ],
      'may run',
    ],
    [
      'by two, one of which may run',
      ['serve', '--a=$(A)', '$(B)'],
      [
        ['B', '$(IT)'],
        ['A', '$(IT)'],
      ],
      'may run',
    ],
    [
      'by two, one of which is the program',
      ['$(B)', '--a=$(A)'],
      [
        ['B', '$(IT)'],
        ['A', '$(IT)'],
      ],
      'program',
    ],
    [
      'by one that is set twice',
      ['timeout', '5', '$(A)'],
      [
        ['A', '$(IT)'],
        ['A', 'x'],
      ],
      'may run',
    ],
    ['with a bracket that opens before', ['timeout', '5', '$(A)'], [['A', '$(B$(IT)']], 'may run'],
    ['not by a bracket that only closes', ['timeout', '5', '$(A)'], [['A', 'xIT)']], 'nothing'],
    ['not as a shell would write it', ['timeout', '5', '$(A)'], [['A', '$IT)']], 'nothing'],
    ['not by one that is not said', ['serve'], [['A', '$(IT)']], 'nothing'],
  ])('%s', (_, command, env, wanted) => {
    expect(said(command, 'IT', env)).toBe(wanted)
  })

  it('by the whole name, where a bracket opens in it', () => {
    expect(said(['timeout', '5', '$(A)'], 'B$(IT', [['A', 'x $(B$(IT) y']])).toBe('may run')
  })
})
