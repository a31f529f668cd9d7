import fc from 'fast-check'
import { expect, test } from 'vitest'
import { commandWords, exactWords, requireOneCommand } from './command-words.ts'
import { InvalidInput } from './invalid-input.ts'

function refusalOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (error instanceof InvalidInput) return error.message
    throw error
  }
  throw new Error('was not refused')
}

test.each<[string, string[]]>([
  ['', []],
  ['  \t ', []],
  ['ls', ['ls']],
  ['  ls   -la  /tmp ', ['ls', '-la', '/tmp']],
  ['--help', ['--help']],
  ['-x', ['-x']],
  ['a b', ['a', 'b']],
  ['a --b=c', ['a', '--b=c']],
  ['../x', ['../x']],
  [`sh -c 'ps aux | grep "x y"'`, ['sh', '-c', 'ps aux | grep "x y"']],
  [`sh -c "echo \\$HOME \\"q\\" \\n"`, ['sh', '-c', 'echo $HOME "q" \\n']],
  [`a'b'"c"\\ d`, ['abc d']],
  [`'' x ""`, ['', 'x', '']],
  [`'a\nb'`, ['a\nb']],
  [`"a\\\nb"`, ['ab']],
  [`"|" '&&' \\;`, ['|', '&&', ';']],
  ['$HOME `id` $(id) *.txt ~', ['$HOME', '`id`', '$(id)', '*.txt', '~']],
  ['curl http://x/?a=1&b=2', ['curl', 'http://x/?a=1&b=2']],
  ['x é 🚀', ['x', 'é', '🚀']],
])('%j splits into %j', (command, words) => {
  expect(commandWords('command', command)).toEqual(words)
})

test.each([
  ['a\nb', 'command must not contain a newline or another control character outside of quotes.'],
  ['a\\\nb', 'command must not contain a newline or another control character outside of quotes.'],
  ['a\0b', 'command must not contain NUL.'],
  ["'a\0b'", 'command must not contain NUL.'],
  ["a 'b", "command is not a command: the quote ' at character 3 has no end."],
  ['a "b\\"', 'command is not a command: the quote " at character 3 has no end.'],
  ['a\\', "command is not a command: it ends with a '\\'."],
  ['a'.repeat(4_001), 'command has 4001 characters. At most 4000 are allowed.'],
  [
    'ls | wc -l',
    'command has a bare "|", which only a shell understands, and there is none here. Quote it, or run a shell: sh -c \'… | …\'.',
  ],
  [
    'true && ls',
    'command has a bare "&&", which only a shell understands, and there is none here. Quote it, or run a shell: sh -c \'… && …\'.',
  ],
])('%j is refused: %s', (command, sentence) => {
  expect(refusalOf(() => commandWords('command', command))).toBe(sentence)
})

test('what is quoted comes back as it was', () => {
  const word = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0'))
  const single = (text: string) => `'${text.replaceAll("'", "'\\''")}'`
  const double = (text: string) => `"${text.replaceAll(/[$`"\\]/g, '\\$&')}"`
  fc.assert(
    fc.property(fc.array(fc.tuple(word, fc.constantFrom(single, double)), { maxLength: 8 }), (words) => {
      const command = words.map(([text, quoted]) => quoted(text)).join(' ')
      fc.pre(command.length <= 4_000)
      expect(commandWords('command', command)).toEqual(words.map(([text]) => text))
    }),
  )
})

test.each<[unknown, string]>([
  ['ls', 'argv must be a list of strings, got "ls".'],
  [['ls', 1], 'argv must be a list of strings, got ["ls",1].'],
  [Array(65).fill('a'), 'argv has 65 words. At most 64 are allowed.'],
  [['a'.repeat(8_001)], 'argv has 8001 characters. At most 8000 are allowed.'],
  [['a\0'], 'argv must not contain NUL.'],
  [['', 'a'], 'argv must not begin with an empty word.'],
])('exact words %j are refused', (value, sentence) => {
  expect(refusalOf(() => exactWords.read('argv', value))).toBe(sentence)
})

test('exact words are taken as they are, and a command beside them must say the same', () => {
  const words = ['sh', '-c', 'a\nb', '', '|']
  expect(exactWords.read('argv', words)).toEqual(words)
  expect(requireOneCommand(words, [])).toBe(words)
  expect(requireOneCommand(['ls', '-l'], ['ls', '-l'])).toEqual(['ls', '-l'])
  expect(requireOneCommand(null, ['ls'])).toEqual(['ls'])
  expect(requireOneCommand([], ['ls'])).toEqual(['ls'])
  expect(requireOneCommand(null, null)).toEqual([])
  expect(refusalOf(() => requireOneCommand(['ls'], ['ps']))).toBe(
    'command and argv differ: leave command empty, or let it split into argv.',
  )
})
