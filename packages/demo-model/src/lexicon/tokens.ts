import { stem } from './stem.ts'

/** A word of a question: as written in lower case, and its stem. */
export type Token = { text: string; stem: string }

/**
 * The words of a question. What may be a name, an image or a number stays whole (`web-7f`, `nginx:1.27`, `shop/web`);
 * quotes, brackets and the marks at the end of a sentence go.
 */
export function tokensOf(text: string): Token[] {
  return text
    .toLowerCase()
    .replaceAll(/[’`´]/g, "'")
    .split(/[\s,;!?"()[\]{}<>|¿¡؟？‽…«»„“”]+/u)
    .map((word) => word.replace(/^(?:[.':*_]|-(?!\d))+|[.':*_-]+$/g, ''))
    .filter((word) => word !== '')
    .map((word) => ({ text: word, stem: stem(word) }))
}
