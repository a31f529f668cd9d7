import type { Ref } from '../cluster/objects.ts'
import { isOfTheSystem, type Survey } from '../cluster/survey.ts'
import { kindOf } from '../lexicon/kinds.ts'
import { isMistypedSmall, isSmall, isUnderstood } from '../lexicon/lexicon.ts'
import type { Understood } from '../understanding/understand.ts'

/** What a question speaks of as if it were there. */
export type UnknownNames = {
  /** A word in the place of a name that fits nothing. */
  stranger: string | undefined
  /** A word in the place of a namespace that is none. */
  elsewhere: string | undefined
}

/**
 * A word that stands where only a name can (`web-7`, or in front of what is said of it), and that nothing here is called.
 * @param taken words that are known to be something else
 */
export function unknownNameIn(
  understood: Understood,
  fit: readonly { ref: Ref }[],
  taken: readonly (string | undefined)[],
): string | undefined {
  if (fit.length > 0) return undefined
  const { candidates, tokens, known, questionWords } = understood
  const isPlaced = taken.some((word) => word !== undefined)
  return candidates.find((token) => {
    if (taken.includes(token.text) || /[:/]/.test(token.text) || known.has(token.text) || isUnderstood(token))
      return false
    const at = tokens.indexOf(token)
    const [before = '', next = '', later] = [at - 1, at + 1, at + 2].map((index) => tokens[index]?.text)
    const isFirst = before === '' || /^(?:the|my|our)$/.test(before)
    if (isFirst && /^(?:in|of|from)$/.test(next) && taken.includes(later)) return true
    if (subjects.test(next) && !isMistypedSmall(token.text)) return true
    if (/^[a-z]+(?:-[a-z0-9]+)+$/.test(token.text) && /\d/.test(token.text)) return true
    // Who tells at length of a place that is there uses many words.
    if (isPlaced && !questionWords.has(token.text)) return false
    const isOfKind = behind.test(before) && !isSmall(next)
    return isOfKind || ahead.test(next) || questionVerbs.test(before) || /^[a-z]+(?:-[a-z0-9]+)+$/.test(token.text)
  })?.text
}

const behind = /^(?:pod|deployment|service|job|statefulset|daemonset|app|called|named)$/
const ahead = /^(?:pods?|deployment|service|job|statefulset|daemonset|app|cluster)$/
const subjects = /^(?:is|are|was|were|has|have|does|keeps|seems|looks)$/
const questionVerbs = /^(?:is|are|was|does|did|has|fix|repair)$/

/** What people call the places where software runs, whether there is a namespace of that name or not. */
const stages = /^(?:prod|production|preprod|staging|stage|development|dev|testing|test|qa|uat)$/

/** "In the namespace web-7", "orders/api", "in prod": said as if it were a namespace. */
export function unknownNamespaceIn({ tokens, known }: Understood, objects: readonly Ref[]): string | undefined {
  return tokens
    .map(({ text }, index) => {
      const [space = '', name] = text.split('/')
      if (name !== undefined) {
        return objects.some((one) => one.name === name) && kindOf({ text: space, stem: space }) === undefined
          ? space
          : undefined
      }
      const [before = '', after] = [tokens[index - 1]?.text, tokens[index + 1]?.text]
      if (isSmall(text) || (known.has(text) && !stages.test(text)) || !/^[a-z0-9][a-z0-9-]*$/.test(text))
        return undefined
      const isPlain = /[-\d]/.test(text) || after === undefined || isSmall(after)
      const isBehind = /^(?:namespace|ns|n)$/.test(before) && isPlain
      const isStage =
        stages.test(text) && (/^(?:in|inside|within|on|from|at|to|is|are)$/.test(before) || after === 'cluster')
      return isBehind || isStage || /^(?:namespace|ns)$/.test(after ?? '') ? text : undefined
    })
    .find((word) => word !== undefined)
}

/** What a question speaks of as if it were there, and is not; empty when there is all of it. */
export function missingText({ stranger, elsewhere }: UnknownNames, { namespaces, isPart }: Survey): string {
  const spaces = namespaces
    .filter((name) => !isOfTheSystem(name))
    .map((name) => `\`${name}\``)
    .join(', ')
  const noSpace = elsewhere === undefined ? '' : `There is no namespace \`${elsewhere}\`; there are ${spaces}. `
  const where = isPart ? 'that I could read' : 'here'
  const noName = stranger === undefined ? '' : `No workload, Job or Service ${where} is called \`${stranger}\`. `
  return `${noSpace}${noName}`
}
