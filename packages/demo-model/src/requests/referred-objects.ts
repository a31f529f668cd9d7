import type { Survey } from '../cluster/survey.ts'
import { readablePart } from '../lexicon/readable-part.ts'
import type { Exchange } from '../plan/read-conversation.ts'
import { understand } from '../understanding/understand.ts'
import { type Focus, focusOf, isSure } from './focus.ts'

/** "Yes, go ahead" to what was found: changes are approved on their cards, never by words, so it is shown once more. */
export function agreesToFinding(question: string, [last]: readonly Exchange[]): boolean {
  return agrees(question) && /^### |\bI propose to\b/m.test(last?.answer ?? '')
}

function agrees(question: string): boolean {
  return /^[^\w?]*(?:yes|yep|yeah|ok|okay|sure|go ahead|go on|do (?:it|so|that)|please do|proceed|approved?|confirm(?:ed)?)[^\w?]*(?:please|go ahead|do (?:it|so|that))?[^\w?]*$/i.test(
    question,
  )
}

/** "Restart it", "yes, do that": what is meant was named before. */
export function refersBack(question: string): boolean {
  return agrees(question) || /\b(?:it|its|that|this|them|they|one|do so|go ahead|yes|again)\b/i.test(question)
}

/** How far back somebody remembers what "it" is. */
const MAX_EXCHANGES = 3

/**
 * What a question that names nothing is about: what the person named last, or what the answer to it was about. Of an
 * answer that names several objects side by side none is taken: then it has to be said which is meant.
 */
export function referredObjects(before: readonly Exchange[], known: Survey): Focus['objects'] {
  const names = new Set(known.objects.map(({ name }) => name))
  for (const { question, answer } of before.slice(0, MAX_EXCHANGES)) {
    const focus = focusOf(understand(readablePart(question), names), known)
    if (isSure(focus)) return focus.objects
    const subjects = subjectsOf(answer, known)
    if (subjects.length > 0) return subjects
  }
  return []
}

/** What a finding is about, or the only thing that is named. */
function subjectsOf(answer: string, { objects }: Survey): Focus['objects'] {
  const heading = answer.split('\n').find((line) => line.startsWith('### ')) ?? ''
  const [first] = namesIn(heading)
  const named = first === undefined ? namesIn(answer) : [first]
  const subject = named.length === 1 ? named[0] : undefined
  return objects.filter(({ name, namespace }) => `${namespace}/${name}` === subject).map((ref) => ({ ref, score: 1 }))
}

/** `shop/web` and others like it, each once. */
function namesIn(text: string): string[] {
  return [...new Set([...text.matchAll(/`([a-z0-9.-]+\/[a-z0-9.-]+)`/g)].map(([, name = '']) => name))]
}
