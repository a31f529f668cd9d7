import type { Concept } from '../lexicon/lexicon.ts'
import type { Token } from '../lexicon/tokens.ts'

/** What a question asks to be told. Changes are ordered, see `command.ts`. */
export type Intent =
  | 'diagnose'
  | 'describe'
  | 'list'
  | 'logs'
  | 'events'
  | 'history'
  | 'recent-changes'
  | 'usage'
  | 'cluster'
  /** Who answers, and what it can do. */
  | 'about'
  /** No word tells: it is for us when it is nothing but a name of the cluster. */
  | 'unclear'
  | 'other'

/** What the words of a question say, before it is known what is asked for. */
export type Heard = {
  tokens: readonly Token[]
  kind: string | undefined
  isCount: boolean
  has(concept: Concept): boolean
}

/** `isPlain`: a word says so; otherwise it is a guess, and right only where every word is understood. */
export type Meant = {
  intent: Intent
  isPlain: boolean
  /** Something does not work, or is to be mended: it does not only ask how things are. */
  tellsOfTrouble: boolean
}

/** What a question asks for, as far as its words tell. */
export function intentOf(question: string, { has, kind, isCount, tokens }: Heard): Meant {
  const asksWhy = has('why') || /\bwhat(?:'s| is| was)? (?:wrong|going on|up with|the matter)\b/i.test(question)
  const tellsOfTrouble = has('trouble') || asksWhy || has('fix') || isNegated(question) || asksToBringBack(question)
  const plainly = (intent: Intent): Meant => ({ intent, isPlain: true, tellsOfTrouble })
  const perhaps = (intent: Intent): Meant => ({ intent, isPlain: false, tellsOfTrouble })
  if (isAboutUs(question)) return plainly('about')
  if (has('other') || isLesson(question)) return plainly('other')
  if (has('foreign') && !has('trouble') && !asksWhy) return plainly('other')
  if (asksWhatChanged(question)) return plainly('recent-changes')
  if (isTaskOfOthers(question, kind)) return plainly('other')
  if (/\bwhat (?:has )?happened\b.*\b(?:last|past|today|since)\b/i.test(question) && !asksWhy) return plainly('events')
  if (asksForLogs(question, has('logs'), tellsOfTrouble)) return plainly('logs')
  if (
    /\b(?:usage|consum\w*|utili[sz]ation)\b|\b(?:uses?|using|takes?|eats?) (?:up )?(?:the |too |so |how )*(?:most |more |least |much )?(?:cpu|memory|ram)\b|\bhow much (?:cpu|memory|ram)\b/i.test(
      question,
    )
  )
    return plainly('usage')
  if (!tellsOfTrouble && isAboutThePast(question)) return plainly('history')
  if (tellsOfTrouble) return plainly('diagnose')
  if (
    /\b(?:which|what)(?:'s| is)?\b.*\bcluster\b|\b(?:server|kubernetes|k8s) version\b|\bversion of (?:kubernetes|k8s)\b/i.test(
      question,
    ) &&
    kind === undefined
  ) {
    return plainly('cluster')
  }
  if (has('events') && kind !== 'pods') return perhaps('events')
  if (has('describe')) return perhaps('describe')
  if (
    (isCount && (kind !== undefined || counted.test(question))) ||
    (kind !== undefined &&
      (has('list') || /\b(?:what|which|all|every|any|get|give|read|how (?:old|long|big|large|full))\b/i.test(question)))
  )
    return perhaps('list')
  if (has('image') && /\b(?:what|which)\b/i.test(question)) return perhaps('list')
  if (/\bwhat(?:'s| is| are)?\b.*\b(?:running|deployed|installed)\b/i.test(question)) return perhaps('list')
  if (isCount || has('create') || isOtherChange(question)) return plainly('other')
  if (has('well')) return plainly('diagnose')
  if (has('health') || has('people')) return perhaps('diagnose')
  if (kind !== undefined) return perhaps('list')
  if (/\b(?:cluster|namespace|kubernetes|k8s|things?|everything|anything|something)\b/i.test(question))
    return perhaps('diagnose')
  return tokens.some(({ text }) => /[a-z]{3}/.test(text)) ? perhaps('unclear') : plainly('other')
}

const politely = String.raw`^\W*(?:(?:please|can you|could you|would you)\s+)*`

/** A change that is none of those that are known: of a port, a label, a variable. */
function isOtherChange(question: string): boolean {
  const verbs =
    'set|change|update(?! (?:me|us))|upgrade|add|edit|label|annotate|patch|rename|move|apply|deploy|install|create|expose|write|generate|invent|pause|resume|limit|drain|suspend|enable|disable|rotate|back ?up|export|copy|clone'
  return new RegExp(String.raw`${politely}(?:${verbs})\b`, 'i').test(question)
}

/** What there is a number of, beside kinds. */
const counted = /\b(?:replicas?|instances?|copies|images?|apps?|things?|log lines?)\b/i

const otherTasks =
  'recreate|evict|evaporate|open|close|notify|page|mute|silence|ack|acknowledge|ignore|remind|draft|summari[sz]e|say|pretend|watch|monitor|wait|send|mail|e-?mail|keep|let (?:me|us) know|schedule|translate|teach|simulate|tell (?!me\\b|us\\b)'

/** What is read otherwise, and no question of health: a task, a comparison, people, costs, times, a forecast. */
function isTaskOfOthers(question: string, kind: string | undefined): boolean {
  return (
    isOtherChange(question) ||
    new RegExp(String.raw`${politely}(?:${otherTasks})\b`, 'i').test(question) ||
    (/\bhow many\b/i.test(question) && kind === undefined && !counted.test(question)) ||
    /\blog[- ]?levels?\b/i.test(question) ||
    /\bhow (?:often|long|many times|fast|slow|busy|loaded|high|low|strong|secure|safe|stable|much (?!cpu|memory|ram))\b|^\W*when (?:will|did|does|is)\b/i.test(
      question,
    ) ||
    /^\W*(?:is|are) (?:the |my |our |all )?(?:users?|customers?|clients?|visitors?|people|everybody|everyone|somebody|someone) (?:ok|okay|fine|alright|well|good|healthy)\b|\b(?:what|how)(?:'s| is| are| was| were| about)? (?:the |our |its )?(?:\w+ )?(?:latency|load|lag|timeouts?|requests?|responses?|restart|owner)\b(?! (?:fail|about|time out))|\bis (?:it|that|this) (?:normal|usual|expected|common|typical|intended|correct)\b|\b(?:any|some|every|no)(?:one|body) (?:else )?(?:is |are )?(?:already |currently )?(?:working|using|looking|editing)\b/i.test(
      question,
    ) ||
    /\b(?:compar\w*|diff(?:s|ers?|erent|erence)?|versus|vs|in common|who|whom|whose|cost\w*|price|cheap\w*|expensive|forecast|predict\w*|benchmark|load test|certificates?|tls|vulnerab\w*|cve|scan)\b/i.test(
      question,
    )
  )
}

/** "What changed today", "who deployed last". */
function asksWhatChanged(question: string): boolean {
  return (
    /\b(?:what|which|who|anything|something|anybody|anyone)(?:'s| has| have| was| were| is)? (?:\w+ )?(?:been )?(?:changed?|changes|deployed|deploys|released|rolled out|updated|touched|new)\b(?! image)|\b(?:recent|latest|last) (?:changes?|deploy(?:ment)?s?|releases?|roll-?outs?)\b/i.test(
      question,
    ) && !/\b(?:since|after)\b.*\b(?:fail|broken|down|error|slow|wrong)/i.test(question)
  )
}

/** "Get web back up", "make it work again". */
function asksToBringBack(question: string): boolean {
  return /\b(?:get|bring)\b.*\bback\b|\bmake\b.*\bworks?\b/i.test(question)
}

function asksForLogs(question: string, has: boolean, tellsOfTrouble: boolean): boolean {
  if (has) {
    return !tellsOfTrouble || /\b(?:show|print|get|give|tail|read|see|fetch|display|last)\b/i.test(question)
  }
  return !tellsOfTrouble && /\btail\b|\blines? of\b|\bwhat \S+ (?:writes|says|logs)\b/i.test(question)
}

/** "When was web deployed", "the revisions of web". */
function isAboutThePast(question: string): boolean {
  return (
    /\bwhen\b.*\b(?:deployed|released|rolled out|changed|updated|upgraded|edited)\b/i.test(question) ||
    /\b(?:roll-?out history|history of|revisions? (?:of|does|has|are))\b/i.test(question)
  )
}

/** Something is not as it should be, in so many words: "cannot", "does not", "no longer"; not "I do not want". */
function isNegated(question: string): boolean {
  const text = question.toLowerCase().replaceAll(/[’`´]/g, "'")
  return (
    /\b(?:cannot|can not|can't|cant|unable|nobody|nothing|no (?:longer|one|more))\b/.test(text) ||
    /\b(?:is|are|does|has|have|will|did|was|were|could)(?: not|n't|nt)\b|\bwon't\b|\bwont\b|\bdosent\b/.test(text) ||
    /\w+ (?:never|not)\b/.test(text) ||
    /\b(?!(?:i|we|you|please|but|and|so|just)\b)[a-z-]+ (?:do not|don't|dont)\b/.test(text)
  )
}

/** Questions about what answers them, and what is said to it out of politeness. */
function isAboutUs(question: string): boolean {
  return (
    /\b(?:(?:real|other|language|which|what|connect|use|ai) (?:\w+ )?(?:model|llm)|who are you|what are you|what can you|(?:how|why) are you(?! (?:going|about|\w+ing))|^\W*are you (?:ok|okay|healthy|well|fine|slow|down|broken|alive|up|there|human|real))\b/i.test(
      question,
    ) ||
    /\b(?:system prompt|(?:your|previous|above) (?:prompt|instructions?))\b/i.test(question) ||
    /^\W*(?:hi|hello|hey|hallo|help|thanks?|thank you|thx|good (?:morning|evening|day|afternoon)|bye)(?:\s+(?:there|you|a lot|so much|very much|me))?\W*$/i.test(
      question,
    )
  )
}

/** Questions about Kubernetes in general, and not about a cluster. */
function isLesson(question: string): boolean {
  return (
    /\bwhat(?:'s| is| are) (?:a|an|the difference)\b/i.test(question) ||
    /\bhow (?:do|does|can|would|to)\b.*\b(?:work|works|learn|write|install|create)\b/i.test(question) ||
    /\b(?:best practices?|tutorial|teach me|difference between|what does \w+ mean)\b/i.test(question)
  )
}
