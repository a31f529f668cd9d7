import { understand } from './understand.ts'

/** Verbs that ask for one thing when a clause begins with them. */
const verbs =
  'scale|upscale|downscale|resize|restart|reboot|bounce|recycle|roll ?back|revert|undo|delete|remove|set|give|put|use|change|update|upgrade|downgrade|bump|bring|fix|repair|heal|show|list|print|tail|stop|cordon|uncordon'
const request = new RegExp(
  `^(?:in \\S+ |please |can you |could you |also |first |finally |then |now )*(?:${verbs})\\b`,
  'i',
)
const between = new RegExp(
  `[;.!?]\\s+|,?\\s+(?:and\\s+)?(?:then|after(?:wards| that))\\s+|,\\s*(?:and\\s+)?(?=(?:${verbs})\\b)|\\s+and\\s+(?:(?:also|please)\\s+)*(?=(?:${verbs})\\b)`,
  'i',
)

/**
 * The requests of a question that holds several, in their order: "fix web, then scale it to 3". What is no request goes
 * with the one before it. A question with one request, or with a part that is not understood by itself, stays whole.
 */
export function clausesOf(question: string): string[] {
  const clauses: { text: string; isRequest: boolean }[] = []
  for (const text of question.trim().split(between)) {
    const last = clauses.at(-1)
    if (last === undefined || (isRequest(text) && last.isRequest)) clauses.push({ text, isRequest: isRequest(text) })
    else clauses[clauses.length - 1] = { text: `${last.text}. ${text}`, isRequest: last.isRequest || isRequest(text) }
  }
  return clauses.length > 1 && clauses.every(({ text }) => isClear(text)) ? clauses.map(({ text }) => text) : [question]
}

function isRequest(clause: string): boolean {
  return request.test(clause.trim()) && /\w\s+\S/.test(clause)
}

function isClear(clause: string): boolean {
  const { intent } = understand(clause)
  if (intent === 'diagnose') return /\b(?:fix|repair|heal)\b/i.test(clause)
  return !['unclear', 'other', 'about'].includes(intent)
}
