import { isCommand } from '../commands/command.ts'
import { type Understood, understand } from './understand.ts'

/** Verbs that ask for one thing when a clause begins with them. */
const verbs =
  'scale|upscale|downscale|resize|restart|reboot|bounce|recycle|roll ?back|revert|undo|delete|remove|set|give|put|use|change|update|upgrade|downgrade|bump|bring|increase|decrease|raise|lower|reduce|double|triple|halve|add|pause|resume|fix|repair|heal|show|list|print|tail|stop|cordon|uncordon|tell|explain'
const request = new RegExp(
  `^(?:in \\S+ |please |can you |could you |also |first |finally |then |now )*(?:${verbs})\\b`,
  'i',
)
const between = new RegExp(
  `(?<=[;.!?])\\s+|,?\\s+(?:and\\s+)?(?:then|after(?:wards| that))\\s+|,\\s*(?:and\\s+)?(?=(?:${verbs})\\b)|\\s+and\\s+(?:(?:also|please)\\s+)*(?=(?:${verbs})\\b)`,
  'i',
)

/**
 * The requests of a question that holds several, in their order: "fix web, then scale it to 3". What is no request goes
 * with the one before it. A question with one request, or with a part that is not understood by itself, stays whole.
 */
export function clausesOf(question: string, names?: ReadonlySet<string>, namespaces?: ReadonlySet<string>): string[] {
  const clauses: { text: string; isRequest: boolean }[] = []
  for (const text of question.trim().split(between)) {
    const last = clauses.at(-1)
    if (last === undefined || (isRequest(text) && last.isRequest)) clauses.push({ text, isRequest: isRequest(text) })
    else clauses[clauses.length - 1] = { text: `${last.text} ${text}`, isRequest: last.isRequest || isRequest(text) }
  }
  const texts = clauses.map(({ text }) => text)
  const understoodIn = (text: string) => understand(text, names, namespaces)
  const vague = texts.filter((text) => {
    const { intent, command } = understoodIn(text)
    return command === undefined && intent === 'diagnose' && !asksToFix(text)
  })
  // "Explain this. Delete web." speaks of what stands beside it.
  const isClear = texts.map(understoodIn).every(isUnderstood) && !vague.some((text) => pointing.test(text))
  // "Tell me what ails it and fix it" is one request.
  const isOne = vague.length > 1 || (vague.length === 1 && (!asksToTell(vague[0] ?? '') || texts.some(asksToFix)))
  return texts.length > 1 && isClear && !isOne ? texts : [question]
}

const pointing = /\b(?:this|these|that|those|following|below)\b/i

function isUnderstood({ command, intent, talk }: Understood): boolean {
  if (command !== undefined) return isCommand(command)
  return talk === undefined && !['unclear', 'other', 'about'].includes(intent)
}

function isRequest(clause: string): boolean {
  return request.test(clause.trim()) && /\w\s+\S/.test(clause)
}

function asksToFix(clause: string): boolean {
  return /\b(?:fix|repair|heal)\b/i.test(clause)
}

function asksToTell(clause: string): boolean {
  return /^(?:please |also )*(?:tell|explain)\b/i.test(clause)
}
