import { distance, isMistyped } from './distance.ts'
import { stem } from './stem.ts'
import type { Token } from './tokens.ts'

const words = {
  /** Words of changes, so that none is taken for a name; what orders one stands in `verbs.ts`. */
  change: `shutdown stop scale upscale downscale autoscale resize increase raise bump grow add double triple more extra up
    decrease reduce shrink lower halve fewer less down replica instance copy restart reboot bounce recycle relaunch reload
    redeploy rollback revert undo backout previous prior earlier set change update upgrade downgrade switch move use put
    deploy make pin delete remove destroy purge erase drop nuke kill`,
  image: 'image tag version build release',
  fix: 'fix repair heal solve resolve mend cure remedy recover restore sort',
  cordon: 'cordon uncordon',

  logs: 'log output stdout stderr printing prints',
  events: 'event',
  list: 'list show display print enumerate overview inventory which see view tell',
  count: 'count number many amount',
  describe: 'describe detail details inspect',
  why: 'why cause reason diagnose investigate explain debug analyse analyze troubleshoot figure understand',
  /** Asks whether all is well. */
  well: 'health healthy ok okay fine alright triage',
  health: 'status state doing well good check look normal ready running up working alive green sanity glance report',
  trouble: `wrong broken break broke fail failure failing down crash crashloop crashing error problem issue trouble slow
    sluggish stuck unavailable unreachable timeout timing hang hanging dead sick weird strange odd off red alert paging
    unhealthy bad lost refuse refused reject outage incident complain complaint pending loop flap flapping blank empty
    nothing freeze frozen lag laggy latency degraded degradation flaky unstable dying die died kaputt offline unresponsive
    burning fire headache ail attention acting misbehaving misbehave choking spinning unreliable hiccup bug busted borked hosed missing misconfigured
    restarting restarts restarted happened happening crashloopbackoff imagepullbackoff errimagepull oomkilled evicted backoff leak malfunction interrupted interruption disturbance stopped stalled stall struggling oom 500 502 503 504 anomaly concern`,
  people: `customer user client visitor page site website app application service shop store frontend backend api
    everybody everyone somebody someone people order payment request response load`,
  nothing_but_looking: 'readonly read-only',
  /** Says nothing of what is asked for, and is understood all the same. */
  everyday: `today yesterday morning afternoon evening night hour minute week ago recent recently idea super gave gives
    buy pay login visit open answer respond reply connect reach everywhere production on-call oncall handover attention
    stuff moment current currently suddenly total totally completely fully sorry quick quickly kubectl appreciate actually
    wonder guess suspect start started begin began became turn result purchase grateful glad matter taking whatever wants asks`,
  other: `poem haiku story joke song lyrics weather recipe translate translation essay limerick novel riddle birthday
    football soccer movie film book president capital holiday vacation stock bitcoin horoscope`,
  create: 'create install expose provision generate write',
  foreign: 'helm jenkins argo argocd terraform ansible pipeline exec ssh shell port-forward portforward drain',
} as const

export type Concept = keyof typeof words

const known = new Map<string, Set<Concept>>()
const listed = Object.entries(words).flatMap(([concept, list]) =>
  list.split(/\s+/).map((word) => ({ concept: concept as Concept, word })),
)
const own = new Set(listed.map(({ word }) => word))
for (const { concept, word } of listed) {
  // "Stopped" tells of trouble; "stop", which is listed elsewhere, does not.
  for (const form of new Set([word, ...(own.has(stem(word)) ? [] : [stem(word)])])) {
    known.set(form, (known.get(form) ?? new Set()).add(concept))
  }
}

/** Small words that look like others, and say nothing by themselves. */
const small = new Set(
  `a about above across after again all almost along already also although always am an and any anybody anyone anything
  are around as everything whatever at away be because been before behind being below between both but by came can come could did do does
  done each either else even ever every few find first for from get gets getting give go goes going gone got had has have
  having he hello help her here hey hi him his how however i if in into is it its just keep keeps kind know last latest
  least let like little long looks lot made may maybe me might mine moment most much must my near need never new next no
  nobody none nor not now of often on once one only onto or other our out over own part perhaps please quite rather
  really right said same say says seem seems several shall she should since so some something somehow sometimes soon still
  such take tell than thank thanks that the their them then there these they thing things think this those though through
  thus till to too toward try two under until us very want was way we were what when where whether while who whole whose
  called named will with within without would yes yet you your cluster kubernetes k8s kube namespace ns n hallo`.split(
    /\s+/,
  ),
)

export function isSmall(word: string): boolean {
  return small.has(word)
}

export function isMistypedSmall(word: string): boolean {
  return word.length >= 5 && [...small].some((one) => isMistyped(word, one))
}

/** Two small words in one: "what's", "doesn't", "cannot". */
export function isContraction(word: string): boolean {
  const [, first = '', rest = ''] = /^([a-z]+?)(n't|nt|not|'(?:s|re|ll|ve|d|m))$/.exec(word) ?? []
  if (/^(?:ca|wo|sha|ai)$/.test(first)) return /^n't|nt|not$/.test(rest)
  return rest !== '' && (small.has(first) || (first === 'can' && rest === 'not'))
}

/** Whether a word stands in it as it is, or with an ending of grammar. */
export function isOfLexicon(word: string): boolean {
  return known.has(word) || known.has(stem(word))
}

/** What decides that a question is not for us must stand there letter by letter. */
const exactly = new Set<Concept>(['other', 'create', 'foreign', 'people', 'cordon'])

/** These look like slips of others. */
const ownWords = new Set(['compliant', 'compliance'])

/** What a word may mean; a slip of the finger is forgiven in words of five letters and more. */
export function conceptsOf({ text, stem: root }: Token): ReadonlySet<Concept> {
  const exact = known.get(text)
  if (exact !== undefined) return exact
  const byRoot = known.get(root)
  if (byRoot !== undefined) return new Set([...byRoot].filter((concept) => !exactly.has(concept)))
  if (text.length < 5 || isSmall(text) || /\d/.test(text) || ownWords.has(text)) return none
  for (const [form, concepts] of known) {
    if (form.length < 5 || [...concepts].some((concept) => exactly.has(concept))) continue
    if (isSlip(form, text) || (root.length >= 5 && isSlip(form, root))) return concepts
  }
  return none
}

/** Whether a word means anything that is asked of a cluster, or stands beside it; in its way of writing less is asked. */
export function isUnderstood({ text, stem: root }: Token): boolean {
  const concepts = known.get(text) ?? known.get(root) ?? mistyped(root) ?? conceptsOf({ text, stem: root })
  return [...concepts].some((concept) => !foreign.has(concept))
}

function mistyped(root: string): ReadonlySet<Concept> | undefined {
  if (root.length < 4 || ownWords.has(root)) return undefined
  return [...known].find(([form]) => form.length >= 5 && isMistyped(root, form))?.[1]
}

/** Of other things than a cluster. */
const foreign = new Set<Concept>(['foreign', 'other'])

/** A slip of the finger, and one letter or two for another in long words: `strong` and `wrong` are two words. */
function isSlip(form: string, word: string): boolean {
  const length = Math.min(form.length, word.length)
  const most = length >= 10 ? 2 : 1
  return isMistyped(word, form) || (length >= 8 && distance(form, word, most) <= most)
}

const none: ReadonlySet<Concept> = new Set()
