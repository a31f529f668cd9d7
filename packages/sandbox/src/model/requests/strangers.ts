import type { Ref } from '../cluster/objects.ts'
import { isOfTheSystem, type Survey } from '../cluster/survey.ts'
import { kindOf } from '../words/kinds.ts'
import { isSmall } from '../words/lexicon.ts'
import type { Understood } from '../words/understand.ts'

/** What a question speaks of as if it were there. */
export type Strangers = {
  /** A word in the place of a name that fits nothing. */
  stranger: string | undefined
  /** A word in the place of a namespace that is none. */
  elsewhere: string | undefined
}

/**
 * A word that can only be a name (`web-7`, or quoted behind a kind), and that nothing here is called.
 * @param taken words that are known to be something else
 */
export function strangerIn(
  { candidates, tokens, known }: Understood,
  fit: readonly { ref: Ref }[],
  taken: readonly (string | undefined)[],
): string | undefined {
  if (fit.length > 0) return undefined
  return candidates.find((token) => {
    if (taken.includes(token.text) || /[:/]/.test(token.text)) return false
    const before = tokens[tokens.indexOf(token) - 1]?.text ?? ''
    const isBehindKind = /^(?:pod|deployment|service|job|statefulset|daemonset|app|called|named)$/.test(before)
    const isAskedFor = /^(?:is|are|was|does|did|has|fix|repair)$/.test(before)
    return ((isBehindKind || isAskedFor) && !known.has(token.text)) || /^[a-z]+(?:-[a-z0-9]+)+$/.test(token.text)
  })?.text
}

/** What people call the places where software runs, whether there is a namespace of that name or not. */
const stages = /^(?:prod|production|preprod|staging|stage|development|dev|testing|test|qa|uat)$/

/** "In the namespace web-7", "orders/api", "in prod": said as if it were a namespace. */
export function elsewhereIn({ tokens, known }: Understood, objects: readonly Ref[]): string | undefined {
  return tokens
    .map(({ text }, index) => {
      const [space = '', name] = text.split('/')
      if (name !== undefined) {
        return objects.some((one) => one.name === name) && kindOf({ text: space, stem: space }) === undefined
          ? space
          : undefined
      }
      const [before = '', after] = [tokens[index - 1]?.text, tokens[index + 1]?.text]
      if (isSmall(text) || known.has(text) || !/^[a-z0-9][a-z0-9-]*$/.test(text)) return undefined
      const isPlain = /[-\d]/.test(text) || after === undefined || isSmall(after)
      const isBehind = /^(?:namespace|ns|n)$/.test(before) && isPlain
      const isStage = stages.test(text) && /^(?:in|inside|within|on|from|at|to)$/.test(before)
      return isBehind || isStage || /^(?:namespace|ns)$/.test(after ?? '') ? text : undefined
    })
    .find((word) => word !== undefined)
}

/** What a question speaks of as if it were there, and is not; empty when there is all of it. */
export function notThere({ stranger, elsewhere }: Strangers, { namespaces, isPart }: Survey): string {
  const spaces = namespaces
    .filter((name) => !isOfTheSystem(name))
    .map((name) => `\`${name}\``)
    .join(', ')
  const noSpace = elsewhere === undefined ? '' : `There is no namespace \`${elsewhere}\`; there are ${spaces}. `
  const noName =
    stranger === undefined ? '' : `Nothing ${isPart ? 'that I could read' : 'here'} is called \`${stranger}\`. `
  return `${noSpace}${noName}`
}
