import type { Random } from '@fairlead/sandbox/faults/random'
import type { Shop } from './talk.fixture.ts'

/** An order with something around it that makes it another thing. */
export type Tailed = {
  text: string
  /** What an answer has to name, where a word is not understood. */
  word: string | undefined
}

type Marks = readonly [before: string, after: string]

const words =
  `hypothetically theoretically allegedly supposedly seriously nope nah joking kidding sarcasm pretend dangerous
  forbidden tomorrow tonight later nein niet nyet non nicht objections advisable safe thoughts huh wise opinions comments
  agreed agree prohibited denied cancelled canceled aborted abort ironically sarcastically jokingly theory example lies
  fiction thinkable conceivable questionable doubtful risky harmful stupid madness bullshit haha lol jk weekend sunday
  midnight optionally conditionally insanity max tops backup halt cancel wait hold pray regret suffer noon eventually
  someday monday yesterday formerly pending approval awaiting consent whatever banana giraffe teapot umbrella weather lunch
  coffee deadline rumour gossip irony satire imaginary fictional rhetorical academically presumably apparently reportedly
  ostensibly arguably conceivably tentatively provisionally sometimes rarely seldom hardly barely almost nearly unless
  otherwise besides moreover however nevertheless nonetheless anyway instead likewise meanwhile regardless afterward
  beforehand overnight biweekly quarterly annually hourly nightly ergo quod basta pronto mañana morgen demain domani
  undecided unsure uncertain unclear uncertainty hesitantly reluctantly carefully gently brutally recursively atomically
  blue-green canary shadow mirrored sandboxed rehearsal drill exercise training mock dummy placeholder todo fixme wip draft
  proposal suggestion idea rfc ticket-4711 jira-12 pr-99 v2-plan release-train freeze-window on-call`.split(/\s+/)
const phrases: readonly [string, ...string[]] = [
  'opinions please',
  'objections anyone',
  'your call',
  'up for debate',
  'not really',
  'over my dead body',
  'what a stupid idea',
  'says the intern',
  'in my dreams',
  'with my blessing',
  'undo it',
  'revert it',
  'put it back',
  'make coffee',
  'hope for the best',
  'blame Bob',
  'on second thought no',
  'pending approval by Alice',
  'as discussed on the phone',
  'or so they say',
]
const joints: readonly [string, ...string[]] = [
  ', ',
  ' and ',
  ', and ',
  ' then ',
  ', then ',
  ' - ',
  ' – ',
  ' — ',
  '; ',
  ': ',
  '. ',
  '! ',
  ' … ',
  ' ... ',
  ' ',
]
const around: readonly [Marks, ...Marks[]] = [
  ['(', ')'],
  ['[', ']'],
  ['¿', '?'],
  ['¿', ''],
  ['¡', '!'],
  ['*', '*'],
  ['**', '**'],
  ['_', '_'],
  ['~~', '~~'],
  ['!', ''],
  ['! ', ''],
  ['-', ''],
  ['- ', ''],
  ['– ', ''],
  ['-- ', ''],
  ['... ', ''],
  ['… ', ''],
  ['', '…'],
  ['', ' …'],
  ['', ', …'],
  ['', ' -'],
  ['', '？'],
  ['', ' ؟'],
  ['', '‽'],
  ['# ', ''],
  ['// ', ''],
  ['<', '>'],
  ['{', '}'],
  ['«', '»'],
  ['„', '“'],
  ['/', ''],
  ['\\', ''],
  ['', ' 🙃'],
  ['', ' ;-)'],
  ['', ' :)'],
]
const syllables = [
  'ba',
  'ke',
  'li',
  'mo',
  'nu',
  'pra',
  'sti',
  'dro',
  'fle',
  'gri',
  'hul',
  'jom',
  'kwa',
  'vex',
  'zim',
] as const

/** A plain order, with an unknown word behind it, with one half that is not understood, or between marks. */
export function drawTailed(random: Random, { ns, apps }: Shop): Tailed {
  const app = random.pick(apps)
  const it = random.pick([app, `the ${app} deployment`, `deployment ${app}`, `${app} in ${ns}`])
  const order = random.pick([
    `restart ${it}`,
    `delete deployment ${app}`,
    `scale ${it} to ${random.whole(3, 30)}`,
    `stop ${it}`,
    `roll back ${it}`,
    `set the image of ${it} to ${random.whole(5, 9)}.0.1`,
    `pause the roll-out of ${it}`,
    `set LOG_LEVEL of ${it} to debug`,
    `set the memory limit of ${it} to ${random.whole(300, 900)}Mi`,
    'cordon node-1',
  ])
  const dice = random.whole(1, 10)
  if (dice <= 2) {
    const [left, right] = random.pick(around)
    return { text: `${left}${order}${right}`, word: undefined }
  }
  if (dice === 3) return { text: `${order}${random.pick(joints)}${random.pick(phrases)}`, word: undefined }
  const [first = '', ...others] = words
  const made = `${random.pick(syllables)}${random.pick(syllables)}${random.pick(syllables)}`
  const word = dice === 4 ? made : random.pick([first, ...others])
  const isAside = random.whole(1, 6) === 1
  const text = isAside
    ? `${order} (${word})`
    : `${order}${random.pick(joints)}${word}${random.pick(['', '', '.', '!'])}`
  return { text, word }
}
