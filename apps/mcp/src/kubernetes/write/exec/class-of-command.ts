import { commandWords } from '../../../input/command-words.ts'
import { InvalidInput } from '../../../input/invalid-input.ts'

/** What kind of command it seems to be. A help for the approver that decides nothing: when in doubt, `mutating`. */
export type ExecClass = 'inspect' | 'sensitive' | 'network' | 'mutating'

export const classReasons: Readonly<Record<ExecClass, string>> = {
  inspect: 'the command seems only to look',
  sensitive: 'the command seems only to look, and may show secrets',
  network: 'the command talks to other machines, and may carry data out',
  mutating: 'the command may change what is in the container',
}

type Rule = (args: readonly string[]) => boolean

const always: Rule = () => true
const isFlag = (arg: string): boolean => arg.startsWith('-')
const without =
  (...flags: readonly RegExp[]): Rule =>
  (args) =>
    !args.some((arg) => flags.some((flag) => flag.test(arg)))
const only =
  (...allowed: readonly RegExp[]): Rule =>
  (args) =>
    args.every((arg) => allowed.some((pattern) => pattern.test(arg)))

const plainLookers =
  'ls cat head wc stat du df free uptime id whoami pwd uname nproc ps pgrep which cut grep egrep zcat md5sum sha256sum netstat'

/** Of programs that look as long as their arguments do. */
const lookers: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ...plainLookers.split(' ').map((program): [string, Rule] => [program, always]),
  ['tail', without(/^-[^-]*[fF]/, /^--(?:follow|retry)/)],
  ['sort', without(/^-[^-]*o/, /^--(?:output|compress-program)/)],
  ['uniq', (args) => args.filter((arg) => !isFlag(arg)).length <= 1],
  ['date', only(/^-[^-s]*$/, /^--(?!set)/, /^\+/)],
  ['hostname', only(/^-[AdfiIsy]+$/)],
  ['mount', only(/^-[lv]+$/)],
  ['ifconfig', only(/^-[asv]+$/)],
  ['route', only(/^-[nev46]+$/)],
  ['ip', ipOnlyShows],
  ['ss', without(/^-[^-]*[KDFN]/, /^--(?:kill|diag|filter|net)/)],
  ['top', (args) => /^-bn? ?-?n? ?\d+$/.test(args.join(' '))],
  ['find', without(/^-(?:exec|ok|delete|fprint|fls)/)],
])

const networkers = new Set(
  'curl wget nc ncat telnet ssh scp rsync ftp openssl ping traceroute nslookup getent dig host'.split(' '),
)
const shells = new Set(['sh', 'bash', 'ash', 'dash', 'zsh'])
const standardPlace = /^\/(?:usr\/)?s?bin\/([^/]+)$/
const secretPlace =
  /environ\b|serviceaccount|\.ssh|\.aws|\.kube|shadow|\.pem(?:$|[^a-z])|\.key(?:$|[^a-z])|password|secret|token/i

export function classOfCommand(argv: readonly string[]): ExecClass {
  const [called = '', ...args] = argv
  const program = called.includes('/') ? standardPlace.exec(called)?.[1] : called
  if (program === undefined || program === '') return 'mutating'
  if (args.length === 1 && args[0] === '--version') return 'inspect'
  if (networkers.has(program)) return 'network'
  if (shells.has(program)) return classOfShell(args)
  const wrapped = wrappedCommand(program, args)
  if (wrapped !== undefined) return wrapped.length === 0 ? 'inspect' : classOfCommand(wrapped)
  if (program === 'env') return args.every((arg) => /^-[0iv]+$/.test(arg)) ? 'sensitive' : 'mutating'
  if (program === 'printenv' || program === 'set') return 'sensitive'
  if (lookers.get(program)?.(args) !== true) return 'mutating'
  return args.some((arg) => secretPlace.test(arg)) ? 'sensitive' : 'inspect'
}

/** `ip [-flags] OBJECT [show …]`. */
function ipOnlyShows(args: readonly string[]): boolean {
  const first = args.findIndex((arg) => !isFlag(arg))
  if (
    !args
      .slice(0, first === -1 ? args.length : first)
      .every((arg) => /^-(?:4|6|a|br|brief|c|color|d|details|j|json|o|oneline|p|pretty|s|stats|statistics)$/.test(arg))
  )
    return false
  const [object, verb] = first === -1 ? [] : args.slice(first)
  if (object === undefined || /^(?:net|mon)/.test(object)) return false
  return verb === undefined || ['show', 'list', 'ls'].includes(verb)
}

/** The command that another one only runs; undefined when it is no such command, or nobody can tell. */
function wrappedCommand(program: string, args: readonly string[]): readonly string[] | undefined {
  if (program === 'timeout') return /^\d+(?:\.\d+)?[smhd]?$/.test(args[0] ?? '') ? args.slice(1) : undefined
  if (program === 'nice') return afterOption(args, /^-n$/)
  if (program === 'xargs') return afterOption(args, /^-[nLP]$/, /^-(?:0|r|t|0r|r0)$/)
  return undefined
}

/** Behind options that take a word of their own, and those that do not. */
function afterOption(args: readonly string[], withWord: RegExp, alone = /^(?!)/): readonly string[] | undefined {
  let index = 0
  for (; index < args.length && isFlag(args[index] ?? ''); index++) {
    const option = args[index] ?? ''
    if (withWord.test(option)) index++
    else if (!alone.test(option)) return undefined
  }
  return args.slice(index)
}

/** Looks when all of its commands do, and nothing but `|`, `&&` and `;` joins them. */
function classOfShell(args: readonly string[]): ExecClass {
  const [flag, script, ...rest] = args
  if (flag !== '-c' || script === undefined || rest.length > 0) return 'mutating'
  const commands = commandsOf(script)
  if (commands === undefined) return 'mutating'
  const classes = commands.map(classOfCommand)
  if (classes.some((each) => each === 'network' || each === 'mutating')) return 'mutating'
  return classes.includes('sensitive') ? 'sensitive' : 'inspect'
}

/** The commands of a script as words; undefined for one that does more than join them. */
function commandsOf(script: string): string[][] | undefined {
  const parts = partsOf(script)
  try {
    const commands = parts?.map((part) => commandWords('command', part))
    return commands?.every(([first]) => first !== undefined && !/^[A-Za-z_]\w*\+?=/.test(first)) ? commands : undefined
  } catch (error) {
    if (error instanceof InvalidInput) return undefined
    throw error
  }
}

/** Split where commands are joined, outside of quotes. */
function partsOf(script: string): string[] | undefined {
  const parts: string[] = []
  let part = ''
  let quote = ''
  for (let index = 0; index < script.length; index++) {
    const sign = script[index] ?? ''
    if (quote !== "'" && /[$`]/.test(sign)) return undefined
    if (quote === '' && /[<>(){}#!\n]/.test(sign)) return undefined
    if (quote === '' && /[|&;]/.test(sign)) {
      const isDouble = script[index + 1] === sign
      if ((sign === '&') !== isDouble) return undefined
      if (isDouble) index++
      parts.push(part)
      part = ''
      continue
    }
    part += sign
    if (sign === '\\' && quote !== "'") part += script[++index] ?? ''
    else if (sign === quote) quote = ''
    else if (quote === '' && /['"]/.test(sign)) quote = sign
  }
  return [...parts, part]
}
