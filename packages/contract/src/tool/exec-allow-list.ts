/**
 * Commands that only look. An exec of one of them in a container is a read and waits for nobody; everything else is a
 * write: a shell, a path in place of the bare program name, an argument that is not in the table, and whatever sends a
 * chosen name or byte out of the pod, as a resolver does. One table for the engine, which classes calls, and for the tool
 * server, which refuses writes without a grant.
 */

const MAX_ARGUMENTS = 12
const MAX_CHARACTERS = 256

/** Whether all arguments of a program are allowed. */
type Rule = (args: readonly string[]) => boolean

const path = /^(?!-)[A-Za-z0-9._/@:+,=-]+$/
const number = /^\d{1,4}$/
const psColumns = new Set(['pid', 'ppid', 'user', 'stat', 'ni', 'pcpu', 'pmem', 'rss', 'vsz', 'etime', 'time', 'comm'])

const each =
  (...patterns: readonly RegExp[]): Rule =>
  (args) =>
    args.every((arg) => patterns.some((pattern) => pattern.test(arg)))
const atMostOne =
  (...words: readonly string[]): Rule =>
  (args) =>
    args.length <= 1 && args.every((arg) => words.includes(arg))
const anyOf =
  (...rules: readonly Rule[]): Rule =>
  (args) =>
    rules.some((rule) => rule(args))

/** A path that holds `..` as a part is no path here. */
const isPath = (arg: string): boolean => path.test(arg) && !arg.split('/').includes('..')
const flagsAndPaths =
  (...flags: readonly RegExp[]): Rule =>
  (args) =>
    args.every((arg) => flags.some((flag) => flag.test(arg)) || isPath(arg))

const ps: Rule = anyOf(atMostOne('aux', '-e', '-ef', '-A'), ([option, ...lists]) => {
  const areKnown = lists.every((list) => list.split(',').every((column) => psColumns.has(column)))
  return option === '-o' && lists.length === 1 && areKnown
})

/** `-d N` is the one flag whose value is a word of its own; as a word the number passes for a path. */
const du: Rule = (args) => {
  const hasValues =
    args.at(-1) !== '-d' && args.slice(1).every((arg, index) => args[index] !== '-d' || number.test(arg))
  const left = args.filter((arg) => arg !== '-d')
  return hasValues && flagsAndPaths(/^-[achklmsx]+$/, /^--max-depth=\d{1,4}$/)(left)
}

const date: Rule = (args) => {
  const formats = args.filter((arg) => arg.startsWith('+'))
  return formats.length <= 1 && each(/^-[uRI]$/, /^\+[A-Za-z0-9%_:./-]*$/)(args)
}

const id: Rule = (args) => {
  const names = args.filter((arg) => !arg.startsWith('-'))
  return names.length <= 1 && each(/^-[Ggnru]+$/, /^[A-Za-z0-9_][A-Za-z0-9._-]*$/)(args)
}

const rules: ReadonlyMap<string, Rule> = new Map([
  ['ls', flagsAndPaths(/^-[1AFRSadhilnrtu]+$/)],
  ['ps', ps],
  ['df', flagsAndPaths(/^-[ahiklPTm]+$/)],
  ['du', du],
  ['date', date],
  ['id', id],
  ['uname', each(/^-[amnoprsv]+$/)],
  ['hostname', atMostOne('-f', '-i', '-I', '-s', '-d')],
  ['uptime', atMostOne('-p', '-s')],
  ['free', each(/^-[bghkmtw]+$/)],
  ['nproc', atMostOne('--all')],
  ['ss', each(/^-[046Haeilmnoprstuwx]+$/)],
  ['netstat', each(/^-[aegilnoprstuwx]+$/)],
])

/** Whether a command, as the words that are executed, only looks. */
export function isReadOnly(argv: readonly string[]): boolean {
  const [program, ...args] = argv
  if (program === undefined || args.length > MAX_ARGUMENTS) return false
  if (args.some((arg) => arg.length > MAX_CHARACTERS)) return false
  return rules.get(program)?.(args) ?? false
}
