export type Place = { name: string; namespace: string | undefined }
export type Assignments = Readonly<Record<string, string>>

/** What is asked of Argo Rollouts, Helm and Jenkins, in a sentence that was understood to its last word. */
export type Delivery =
  | { asks: 'rollouts' | 'releases'; namespace: string | undefined }
  | { asks: 'rollout' | 'promote' | 'promote fully' | 'abort' | 'retry'; at: Place }
  | { asks: 'undo rollout' | 'roll back release'; at: Place; revision: number | undefined }
  | { asks: 'history' | 'values'; at: Place }
  | { asks: 'upgrade'; at: Place; chart: string | undefined; version: string | undefined; values: Assignments }
  | { asks: 'jobs' }
  | { asks: 'builds'; job: string }
  | { asks: 'cause' | 'log'; job: string; build: number | undefined }
  | { asks: 'build'; job: string; parameters: Assignments }
  | { asks: 'stop build'; job: string; build: number }

type Groups = Readonly<Record<string, string | undefined>>

const parts: Readonly<Record<string, string>> = {
  the: '(?:the |my |our )?',
  at: '(?:the )?(?:namespace )?(?<namespace>[a-z0-9][-a-z0-9]*)(?: namespace)?',
  in: '(?: in {at})?',
  name: '(?<name>[a-z0-9][-a-z0-9.]*)',
  revision: '(?: to (?:(?:the )?(?:revision|version) )?#?(?<revision>\\d+))?',
  back: '(?:roll ?back|undo|revert)',
  pairs: '(?<pairs>[^\\s=,]+=\\S+(?:(?:, (?:and )?| and | )[^\\s=,]+=\\S+)*)',
  chart: '(?<chart>[a-z0-9][-a-z0-9]*/[-a-z0-9._]+|(?:oci|https?)://\\S+)',
  version: '(?<version>v?\\d[-\\w.+]*)',
  job: '(?:the |my |our )?(?:job |pipeline )?(?:"(?<quoted>[^"]+)"|(?<job>[\\w.][-\\w./]*))',
  number: '(?: (?:number )?#?(?<build>\\d+))',
  newest: '(?:last |latest |newest |failed |last failed )?',
}

/** A sentence with its `{parts}`. */
function sentence(text: string): RegExp {
  let whole = text
  while (/\{\w+\}/.test(whole)) whole = whole.replaceAll(/\{(\w+)\}/g, (_, part: string) => parts[part] ?? '')
  return new RegExp(`^${whole}$`, 'i')
}

const place = ({ name = '', namespace }: Groups): Place => ({ name, namespace })
const jobIn = ({ job, quoted = '' }: Groups): string => job ?? quoted
const numberIn = (text: string | undefined) => (text === undefined ? undefined : Number(text))

/** Of a change, nothing but its own words may stand there. */
const sentences: readonly [says: RegExp, reads: (groups: Groups) => Delivery, isQuestion?: true][] = [
  [
    sentence('(?:(?:list|show|get|show me) (?:all )?|(?:what|which) ){the}(?:argo )?rollouts(?: are there)?{in}'),
    ({ namespace }) => ({ asks: 'rollouts', namespace }),
    true,
  ],
  [
    sentence(
      '(?:show|show me|describe|status of|what is the status of|how is|how far is) {the}(?:argo )?rollout {name}{in}',
    ),
    (groups) => ({ asks: 'rollout', at: place(groups) }),
    true,
  ],
  [
    sentence('(?:fully promote {the}(?:rollout )?{name}|promote {the}(?:rollout )?{name} (?:fully|to the end)){in}'),
    (groups) => ({ asks: 'promote fully', at: place(groups) }),
  ],
  [sentence('promote {the}(?:rollout )?{name}{in}'), (groups) => ({ asks: 'promote', at: place(groups) })],
  [sentence('abort {the}(?:rollout )?(?:of )?{name}{in}'), (groups) => ({ asks: 'abort', at: place(groups) })],
  [sentence('retry {the}(?:rollout )?(?:of )?{name}{in}'), (groups) => ({ asks: 'retry', at: place(groups) })],
  [
    sentence('{back} {the}(?:argo )?rollout {name}{in}{revision}'),
    (groups) => ({ asks: 'undo rollout', at: place(groups), revision: numberIn(groups.revision) }),
  ],
  [
    sentence('(?:(?:list|show|get|show me) (?:all )?|(?:what|which) ){the}(?:helm )?releases(?: are there)?{in}'),
    ({ namespace }) => ({ asks: 'releases', namespace }),
    true,
  ],
  [
    sentence('(?:show |show me )?(?:the )?(?:history|revisions) of {the}(?:helm )?release {name}{in}'),
    (groups) => ({ asks: 'history', at: place(groups) }),
    true,
  ],
  [
    sentence('(?:show |show me |what are )?(?:the )?values of {the}(?:helm )?release {name}{in}'),
    (groups) => ({ asks: 'values', at: place(groups) }),
    true,
  ],
  [
    sentence('{back} {the}(?:helm )?release {name}{in}{revision}'),
    (groups) => ({ asks: 'roll back release', at: place(groups), revision: numberIn(groups.revision) }),
  ],
  [
    sentence(
      'upgrade {the}(?:helm )?release {name}{in}(?: to(?: {chart})?(?: (?:version )?{version})?)?(?: with {pairs})?',
    ),
    (groups) => upgradeOf(groups),
  ],
  [sentence('set {pairs} (?:on|of|for|in) {the}(?:helm )?release {name}{in}'), (groups) => upgradeOf(groups)],
  [
    sentence('(?:(?:list|show|get|show me) (?:all )?|(?:what|which) ){the}jenkins jobs(?: are there)?(?: of jenkins)?'),
    () => ({ asks: 'jobs' }),
    true,
  ],
  [
    sentence('(?:(?:list|show|show me) )?(?:the )?(?:last |latest |newest )?builds of {job}'),
    (groups) => ({ asks: 'builds', job: jobIn(groups) }),
    true,
  ],
  [
    sentence('why (?:did|has|is) (?:the )?{newest}build{number}? of {job} (?:fail|failed|failing|broken|red)'),
    (groups) => ({ asks: 'cause', job: jobIn(groups), build: numberIn(groups.build) }),
    true,
  ],
  [
    sentence('why did (?:the )?{job}{number} fail'),
    (groups) => ({ asks: 'cause', job: jobIn(groups), build: numberIn(groups.build) }),
    true,
  ],
  [
    sentence('what is wrong with (?:the )?{newest}build{number}? of {job}'),
    (groups) => ({ asks: 'cause', job: jobIn(groups), build: numberIn(groups.build) }),
    true,
  ],
  [
    sentence('(?:show |show me |read )?(?:the )?(?:console )?log of (?:the )?{newest}build{number}? of {job}'),
    (groups) => ({ asks: 'log', job: jobIn(groups), build: numberIn(groups.build) }),
    true,
  ],
  [
    sentence('(?:build|rebuild|(?:start|trigger|run) a build of) {job}(?: again)?(?: with {pairs})?'),
    (groups) => ({ asks: 'build', job: jobIn(groups), parameters: pairsIn(groups.pairs) }),
  ],
  [
    sentence('(?:stop|cancel) (?:the )?build{number} of {job}'),
    (groups) => ({ asks: 'stop build', job: jobIn(groups), build: Number(groups.build) }),
  ],
]

function upgradeOf(groups: Groups): Delivery {
  const { chart, version, pairs } = groups
  return { asks: 'upgrade', at: place(groups), chart, version, values: pairsIn(pairs) }
}

function pairsIn(text = ''): Assignments {
  const pairs = text.matchAll(/([^\s=,]+)=(\S+?)(?=,? |,?$)/g)
  return Object.fromEntries(Array.from(pairs, ([, name = '', value = '']) => [name, value]))
}

const before = /^(?:(?:please|now|then|ok|okay|hi|hello|hey|and),? )*(?<polite>(?:can|could) you (?:please )?)?/i
const behind = /,? (?:please|now|for me|again please)$/i

/** Undefined for all that is no such sentence. A question orders nothing, unless it asks politely. */
export function readDelivery(question: string): Delivery | undefined {
  const text = question.trim().replaceAll(/\s+/g, ' ')
  const isQuery = text.endsWith('?')
  const bare = text.replace(/[.!?]+$/, '')
  const isPolite = before.exec(bare)?.groups?.polite !== undefined
  const said = bare.replace(before, '').replace(behind, '')
  for (const [says, reads, isQuestion] of sentences) {
    const groups = says.exec(said)?.groups ?? (says.test(said) ? {} : undefined)
    if (groups !== undefined && (isQuestion || isPolite || !isQuery)) return reads(groups)
  }
  return undefined
}
