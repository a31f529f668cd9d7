import { isSmall } from './lexicon.ts'

/** Three to six words of a question that say what it is about. */
export function makeTitle(question: string): string {
  const words = question.split(/\s+/).map((word) => word.replaceAll(/^[^\w/]+|[^\w/]+$/g, ''))
  const telling = words.filter((word) => word.length > 2 && !isSmall(word.toLowerCase()))
  const chosen = (telling.length >= 2 ? telling : words.filter((word) => word !== '')).slice(0, 5)
  const title = chosen.join(' ')
  return title === '' ? 'Demo' : `${title[0]?.toUpperCase() ?? ''}${title.slice(1, 60)}`
}
