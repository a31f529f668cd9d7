import { kindOf } from '../lexicon/kinds.ts'
import { spelledOut } from '../lexicon/spelled-out.ts'
import { stem } from '../lexicon/stem.ts'
import { type Token, tokensOf } from '../lexicon/tokens.ts'
import { doubts, doubtsOfChange, isReported } from './doubts.ts'

/**
 * How a message that is no order speaks of a change. `doubt`: it asks, supposes, forbids or reports. `mention`: it names
 * one beside what else it says. `mending`: the change is only to mend what is broken, and nobody plainly asks for it.
 */
export type Talk = 'doubt' | 'mention' | 'mending'

const wordsOf = (text: string) => new Set(text.split(/\s+/))

/** Verbs that mean a change of the cluster wherever they have an object. */
const plain = wordsOf(
  `scale upscale downscale resize restart reboot bounce recycle relaunch redeploy delete remove destroy purge erase nuke
  wipe rollback revert undo cordon uncordon drain evict pause unpause resume suspend downgrade upgrade double triple halve`,
)
/** Of these, pods do some by themselves: "it keeps restarting". */
const byThemselves = wordsOf('restart reboot bounce recycle relaunch pause resume suspend')
/** Verbs that may mean one. */
const loose = wordsOf(
  `set change update bump increase decrease reduce raise lower stop kill add deploy switch patch edit replace rename
  install create apply shut turn kick roll adjust grow shrink pin limit expose label annotate`,
)
/** Verbs that mean one with another word: "bring it down to 1". */
const phrasal = wordsOf('take bring put give get shut roll turn switch')
/** What people say they have done when they tell of trouble. */
const pastOfTrouble = wordsOf('changed updated deployed')
const mending = wordsOf('fix repair heal mend solve remedy cure resolve')
const phrases =
  /\b(?:tak(?:e|es|en|ing)|took) (?:\S+ ){0,6}?down\b|\b(?:get|gets|getting|got) rid\b|\bshut(?:s|ting)? (?:\S+ ){0,6}?(?:down|off)\b|\broll(?:s|ed|ing)? (?:\S+ ){0,6}?back\b|\b(?:turn|switch)(?:s|es|ed|ing)? (?:\S+ ){0,6}?off\b|\b(?:giv(?:e|es|ing)|gave|put(?:s|ting)?|bring(?:s|ing)?|brought|tak(?:e|es|ing)|took) .*\b(?:\d+|replicas?|instances?|limits?|offline)\b/
const nouns =
  /\b(?:deletion|removal|rollbacks?|roll-backs?|downgrade|redeployment|scal(?:e|ing)[- ]?(?:up|down|out)|scaling)\b|\b(?:an?|the|any|another|no|that|this|some|full|rolling|of|for|without|needs?) (?:restart|reboot|upgrade|resize)\b(?! (?:count|loop|polic))|\b(?:more|fewer|\d+) (?:replicas|instances|copies)\b/

export function talkOfChange(message: string, names: ReadonlySet<string> = new Set()): Talk | undefined {
  const text = spelledOut(message, [plain, loose, mending, phrasal], names)
  const tokens = tokensOf(text)
  const said = withoutNames(text, names)
  const isNamed = phrases.test(said) || nouns.test(said)
  const hasChange = isNamed || tokens.some((token) => isForm(token, plain) || isInForce(token))
  const mendingAt = tokens.findIndex((token) => isForm(token, mending))
  if (doubts.some((doubt) => doubt.test(said))) return mendingAt >= 0 && !hasChange ? 'mending' : 'doubt'
  if (isNamed || (hasChange && isMeant(tokens, names))) {
    return doubtsOfChange.some((doubt) => doubt.test(said)) ? 'doubt' : 'mention'
  }
  return mendingAt >= 0 && !isRequestToMend(text, names) ? 'mending' : undefined
}

const beings = wordsOf('be been being get gets got was were is are has have had having')
const mend = `(?:${[...mending].join('|')})`
const asking = `(?:(?:hi|hello|hey|please|pls|now|just|so|ok|can you|could you|i want you to|go ahead and)[,!.]? )*`
const mendingFillers = wordsOf(
  'the my our this that it them all everything in of namespace ns please now again for me us thanks asap and problem issue error fault whatever what is wrong broken fails failing',
)

/** "Fix web in shop", "it does not work, please repair it", "propose a fix": nothing else is asked, and nobody else says so. */
function isRequestToMend(text: string, names: ReadonlySet<string>): boolean {
  if (isReported(withoutNames(text, names))) return false
  if (/\b(?:propose|suggest|find) (?:an? |the )?(?:fix|remedy|cure|solution)\b/.test(text)) return true
  if (new RegExp(String.raw`\bwhat would ${mend} (?:it|this|that)\b`).test(text)) return true
  const first = new RegExp(String.raw`^${asking}${mend}\b(.*)$`).exec(text)
  const later = new RegExp(
    String.raw`(?:[.,;!?] |[.,;!?]? (?:and|then) )${asking}${mend} (?:it|this|that|them|everything)\b(.*)$`,
  ).exec(text)
  const rest = (first ?? later)?.[1]
  const isOnlyQuestion = text.includes('?') && !/\b(?:can|could) you\b/.test(text)
  if (rest === undefined || (first !== null && isOnlyQuestion)) return false
  const words = tokensOf(rest).map(({ text: word, stem: root }) => ({ word: word.replace(/^.*\//, ''), root }))
  return words.every(
    ({ word, root }) => mendingFillers.has(word) || names.has(word) || kindOf({ text: word, stem: root }) !== undefined,
  )
}

/** What is called `quotes` or `tickets` is no word of a report. */
function withoutNames(text: string, names: ReadonlySet<string>): string {
  return text.replaceAll(/[a-z0-9][a-z0-9.-]*[a-z0-9]/g, (word) => (names.has(word) ? 'thing' : word))
}

function isForm({ text, stem: root }: Token, verbs: ReadonlySet<string>): boolean {
  return [...verbs].some((verb) => text === verb || root === stem(verb))
}

/** "Restarting" tells of trouble, too; "deleting" never does. "Changed" and "deployed" tell what came before it. */
function isInForce(token: Token): boolean {
  return isForm(token, loose) && !pastOfTrouble.has(token.text)
}

/** Whether a word for a change has an object, or is asked for: "web restarts" tells of trouble, "restart web" does not. */
function isMeant(tokens: readonly Token[], names: ReadonlySet<string>): boolean {
  const isObject = ({ text: word = '', stem: root = '' }: Partial<Token> = {}) =>
    names.has(word.replace(/^.*\//, '')) ||
    /^[a-z]+(?:_[a-z]+)+$|^[a-z]+-\d+$/.test(word) ||
    /^(?:the|a|an|my|our|its|all|every|any|each|it|them|that|this|those|these|everything|something|anything|me|us|one|\d+|back|up|down|to)$/.test(
      word,
    ) ||
    kindOf({ text: word, stem: root }) !== undefined
  return tokens.some((token, at) => {
    const isPlain = isForm(token, plain)
    if (!isPlain && !isInForce(token)) return false
    const [previous = '', next] = [tokens[at - 1]?.text, tokens[at + 1]]
    const around = tokens.slice(Math.max(0, at - 4), at).map(({ text }) => text)
    const isPassive = token.text.endsWith('ed') && around.some((word) => beings.has(word))
    const isActivity = token.text.endsWith('ing') && !isForm(token, byThemselves)
    const isWanted =
      /^(?:to|should|shall|must|can|could|will|would|may|might|i|we|you|not|don't|never|please|let|let's)$/.test(
        previous,
      )
    return isObject(next) || (isPlain && (isPassive || isActivity)) || isWanted
  })
}
