import { isMistyped } from '../lexicon/distance.ts'
import { isSmall } from '../lexicon/lexicon.ts'
import { numberIn } from '../lexicon/numbers.ts'
import { stem } from '../lexicon/stem.ts'
import type { Lexeme } from './lexemes.ts'

/** What the verb of a request leads to; some are told by what stands behind them. */
export type Sort =
  | 'scale'
  | 'times'
  | 'stop'
  | 'set'
  | 'amount'
  | 'run'
  | 'add'
  | 'restart'
  | 'undo'
  | 'image'
  | 'delete'
  | 'cordon'
  | 'uncordon'
  | 'pause'
  | 'resume'
  | 'create'

/** "Trigger a restart of": the same as "restart". */
function doing(noun: string): string {
  return ['do', 'perform', 'trigger', 'start', 'initiate'].map((verb) => `${verb} a ${noun} of`).join(',')
}

const verbs: Readonly<Record<Sort, string>> = {
  scale: 'scale,upscale,downscale,resize',
  times: 'double,triple,halve',
  stop: 'stop,shut down,shutdown,shut,turn off,switch off',
  set: 'set,bring,take,put',
  amount: 'change,adjust,increase,raise,grow,decrease,reduce,lower,shrink',
  run: 'give,run',
  add: 'add',
  restart: `restart,reboot,bounce,recycle,relaunch,kick,redeploy,rollout restart,${doing('restart')},${doing('rolling restart')}`,
  undo: `rollback,undo,revert,roll back,back out,go back,roll,${doing('rollback')}`,
  image: 'use,bump,upgrade,update,downgrade,switch,pin,deploy,move',
  delete: 'delete,remove,destroy,purge,erase,drop,nuke,kill,get rid of',
  cordon: 'cordon',
  uncordon: 'uncordon',
  pause: 'pause,halt,freeze',
  resume: 'resume,unpause,continue',
  create: 'create',
}

const phrases = Object.entries(verbs)
  .flatMap(([sort, list]) => list.split(',').map((phrase) => ({ sort: sort as Sort, words: phrase.split(' ') })))
  .toSorted((a, b) => b.words.length - a.words.length)

export type Verb = { sort: Sort; text: string; length: number }

/** The verb that a request begins with, in the form of an order; a slip of the finger is forgiven in longer ones. */
export function verbAt(words: readonly Lexeme[], isGerund: boolean): Verb | undefined {
  const fits = isGerund ? isIng : isBase
  const found =
    phrases.find(({ words: own }) => own.every((word, at) => words[at]?.text === word) && !isGerund) ??
    phrases.find(({ words: own }) => own.every((word, at) => (at === 0 ? fits : same)(words[at]?.text ?? '', word)))
  return found === undefined
    ? wishAt(words)
    : { sort: found.sort, text: found.words.join(' '), length: found.words.length }
}

/** "I want 5 replicas of web": with a number behind it, it says what there shall be. */
function wishAt(words: readonly Lexeme[]): Verb | undefined {
  const isWish = /^(?:i|we) want$/.test(
    words
      .slice(0, 2)
      .map(({ text }) => text)
      .join(' '),
  )
  return isWish && numberIn(words[2]?.text ?? '') !== undefined ? { sort: 'run', text: 'have', length: 2 } : undefined
}

const same = (word: string, verb: string) => word === verb

function isIng(word: string, verb: string): boolean {
  return word.endsWith('ing') && stem(word) === stem(verb)
}

/** "Restarts" and "deleting" are other forms of a verb, and no slips. */
function isBase(word: string, verb: string): boolean {
  if (word === verb) return true
  const isOther = stem(word) === stem(verb) || /(?:ing|ed|s)$/.test(word)
  return !isOther && verb.length >= 5 && word.length >= 5 && !isSmall(word) && isMistyped(word, verb)
}
