import { describe, expect, it } from 'vitest'
import { isMentioned, mayRunVariable } from './mentions.ts'
import { interprets, runsShell, wordsOf } from './started-by.ts'

const part = (value: object) => ({ path: '', value: value as Readonly<Record<string, unknown>> })
const env = (values: Record<string, unknown>) => Object.entries(values).map(([name, value]) => ({ name, value }))

describe('the words that start a container', () => {
  it('are those of its command, its arguments, its probes and its hooks', () => {
    const exec = (word: string) => ({ exec: { command: [word] } })
    const container = {
      command: ['a'],
      args: ['b', 1],
      livenessProbe: exec('c'),
      readinessProbe: exec('d'),
      startupProbe: exec('e'),
      lifecycle: { postStart: exec('f'), preStop: exec('g') },
    }
    expect(wordsOf(part(container))).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g'])
    expect(wordsOf(part({}))).toEqual([])
  })

  it('have the values of variables in them, as Kubernetes puts them there', () => {
    const words = (...args: string[]) =>
      wordsOf(part({ args, env: env({ A: 'sh', B: '/bin/$(A)', C: '$(D)', D: 'd', N: 1 }) }))
    expect(words('$(A)', '-$(B)-$(A)', '$(C)', '$$(A)', '$A', '$(X)', '$(N)')).toEqual([
      'sh',
      '-/bin/sh-sh',
      // What comes later is not known yet.
      '$(D)',
      '$$(A)',
      '$A',
      '$(X)',
      '$(N)',
    ])
    expect(wordsOf(part({ args: ['/$(LONG_NAME)/'], env: env({ LONG_NAME: 'sh' }) }))).toEqual(['/sh/'])
    expect(wordsOf(part({ env: env({ A: 'sh' }), livenessProbe: { exec: { command: ['$(A)'] } } }))).toEqual(['$(A)'])
  })

  it('grow to no end', () => {
    const doubled = Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`V${at + 1}`, `$(V${at})$(V${at})`]))
    const [word = ''] = wordsOf(part({ args: ['$(V60)'], env: env({ V0: 'x'.repeat(1000), ...doubled }) }))
    expect(word.length).toBeLessThan(200_000)
  })

  it('are no longer all together than 64 of the longest', () => {
    const same = Object.fromEntries(Array.from({ length: 64 }, (_, at) => [`V${at + 1}`, '$(V0)']))
    const words = wordsOf(part({ args: ['$(V63)', '$(V64)'], env: env({ V0: 'x'.repeat(65_536), ...same }) }))
    expect(words.map((word) => word.length)).toEqual([65_536, '$(V0)'.length])
  })

  it.each([
    ['$(A)', 65_536, 65_536],
    ['$(A)', 65_537, 4],
    ['$(A)$(A)', 32_768, 65_536],
    ['$(A)$(A)', 32_769, 32_773],
  ])('%s with a value of %i is %i long', (word, size, length) => {
    expect(wordsOf(part({ args: [word], env: env({ A: 'x'.repeat(size) }) })).map((each) => each.length)).toEqual([
      length,
    ])
  })
})

describe('a shell', () => {
  it.each(['sh', 'bash', 'ash', 'dash', 'zsh', 'ksh', 'busybox'])('is %s', (word) => {
    expect(runsShell(part({ command: [word] }))).toBe(true)
    expect(runsShell(part({ args: ['-x', `/bin/${word}`] }))).toBe(true)
    expect(runsShell(part({ livenessProbe: { exec: { command: [word] } } }))).toBe(true)
    expect(runsShell(part({ command: [`x${word}`] }))).toBe(false)
    expect(runsShell(part({ command: [`${word}x`] }))).toBe(false)
  })

  it('is what a variable says it is, or may be what nobody says', () => {
    expect(runsShell(part({ command: ['$(P)'], env: env({ P: 'sh' }) }))).toBe(true)
    expect(runsShell(part({ command: ['$(P)'], env: env({ P: 'serve' }) }))).toBe(false)
    expect(runsShell(part({ command: ['$(P)/x'], env: [{ name: 'P', valueFrom: {} }] }))).toBe(true)
    expect(runsShell(part({ command: ['serve', '$(P)'] }))).toBe(false)
  })

  it.each(['$IT', ...['{IT}', '{!IT}', '{#IT}', '(IT)'].map((inner) => `a $${inner}`), 'a $IT b', '$ITS $IT', '$IT-x'])(
    'runs IT by %s',
    (word) => {
      expect(mayRunVariable(part({ command: ['sh', '-c', word] }), 'IT')).toBe(true)
      expect(mayRunVariable(part({ command: ['serve', word] }), 'IT')).toBe(false)
    },
  )

  it.each(['IT', '$ITS', '$IT_1', '$IT2', '$XIT', 'a IT$', '$ IT', ''])('does not by %j', (word) => {
    expect(mayRunVariable(part({ command: ['sh', '-c', word] }), 'IT')).toBe(false)
  })
})

describe('code in the words', () => {
  const code = 'import os; os.system(os.environ["IT"])'
  it.each([
    ...['python', 'python3', '/usr/bin/python3.12', 'perl', 'ruby', 'node', 'nodejs', 'deno', 'bun', 'php', 'lua'],
    ...['tclsh', 'expect'],
  ])('is run by %s', (word) => {
    for (const option of ['-c', '-e', '-E', '-r', '-p', '-uc', '--eval', '--print', 'eval']) {
      expect(interprets(part({ command: [word, option, code] }))).toBe(true)
      expect(mayRunVariable(part({ command: ['timeout', word, '-u', option, code] }), 'IT')).toBe(true)
    }
    expect(interprets(part({ command: [word, 'app', '-x'] }))).toBe(false)
    expect(interprets(part({ command: [`${word}x`, '-c', code] }))).toBe(false)
    expect(interprets(part({ command: ['serve', '-c', code] }))).toBe(false)
    expect(mayRunVariable(part({ command: [word, '-c', code] }), 'ITS')).toBe(false)
  })

  it.each(['awk', 'gawk', 'mawk', 'nawk', '/bin/awk'])('is always run by %s', (word) => {
    expect(interprets(part({ args: [word, 'BEGIN { system(ENVIRON["IT"]) }'] }))).toBe(true)
    expect(interprets(part({ args: [`${word}x`] }))).toBe(false)
  })

  it('is that of a probe, too, whatever the container is started with', () => {
    const livenessProbe = { exec: { command: ['python3', '-c', code] } }
    expect(interprets(part({ command: ['serve'], livenessProbe }))).toBe(true)
    expect(mayRunVariable(part({ command: ['serve'], livenessProbe }), 'IT')).toBe(true)
  })

  it.each(['-c', '-e', '-ue', '-r', '--eval=', '--print='])('may stand in the word of its option: %s', (option) => {
    expect(interprets(part({ command: ['python3', `${option}(1)`] }))).toBe(true)
  })

  it.each(['x-c', 'retrieval', 'x--eval', 'evaluate', '--evaluate', '--printer', '--experimental', '-1c'])(
    'is none of %s',
    (word) => {
      expect(interprets(part({ command: ['node', word] }))).toBe(false)
    },
  )

  it('is none of an option in front of the language', () => {
    expect(interprets(part({ command: ['serve', '-c'] }))).toBe(false)
    expect(interprets(part({ command: ['serve', '-c', 'python'] }))).toBe(false)
    expect(interprets(part({ command: ['sh'] }))).toBe(true)
    expect(interprets(part({}))).toBe(false)
  })
})

describe('a variable', () => {
  it.each(['$(IT)', 'a $(IT)', '--x=$IT', `$${'{IT}'}`, 'IT', 'environ["IT"]', 'a.IT', 'XIT IT'])(
    'is mentioned by %s',
    (word) => {
      expect(isMentioned(part({ command: ['serve', word] }), 'IT')).toBe(true)
      expect(isMentioned(part({ livenessProbe: { exec: { command: [word] } } }), 'IT')).toBe(true)
      expect(isMentioned(part({ command: ['serve', word] }), '')).toBe(false)
    },
  )

  it.each(['ITS', 'XIT', 'IT_', '_IT', 'IT1', 'it', ''])('is not by %j', (word) => {
    expect(isMentioned(part({ command: ['serve', word] }), 'IT')).toBe(false)
  })

  it('is by another one that is, in which its value stands', () => {
    const of = (...words: string[]) =>
      part({ args: words, env: env({ A: 'x$(IT)', B: '-$(A)-', C: '$IT', L: '$(L)' }) })
    expect(isMentioned(of('$(A)'), 'IT')).toBe(true)
    expect(isMentioned(of('$(B)'), 'IT')).toBe(true)
    expect(isMentioned(of('$(C)'), 'IT')).toBe(false)
    expect(isMentioned(of('x'), 'L')).toBe(false)
    const nameless = { args: ['$(1)'], env: [{ name: 1, value: '$(IT)' }] }
    expect(isMentioned(part(nameless), 'IT')).toBe(false)
  })

  it('may be the program where a word begins with it', () => {
    expect(mayRunVariable(part({ command: ['timeout', '5', '$(IT)'] }), 'IT')).toBe(true)
    expect(mayRunVariable(part({ command: ['serve', '--password=$(IT)'] }), 'IT')).toBe(false)
    expect(mayRunVariable(part({ command: ['serve', '$(ITS)'] }), 'IT')).toBe(false)
    expect(mayRunVariable(part({ command: ['serve', '$(X)=$(IT)'] }), 'IT')).toBe(false)
    expect(mayRunVariable(part({ command: ['timeout', '5', '$(EMPTY)$(NONE)$(IT)'] }), 'IT')).toBe(true)
    expect(mayRunVariable(part({ command: ['serve', 'a$IT'] }), 'IT')).toBe(false)
  })
})
