import { MASK } from '@fairlead/service-kit/redaction/mask'
import { mergedSpans, replaceSpans, type Span } from '@fairlead/service-kit/redaction/span'
import { type Document, parseAllDocuments } from 'yaml'
import { hiddenInManifests, hiddenInPatch } from './hidden-nodes.ts'

/** Reading takes a second a few MiB, in which nothing else is done. */
const MAX_READ = 256 * 1024

/** What a text is: a patch of a Secret, or at least a text that is nothing if it is no YAML or JSON. */
type Kind = { isPatch: boolean; isDocument: boolean }

/**
 * A text of manifests, patches or reversions, YAML or JSON, without the data of the Secrets in it. Of a document, what
 * may be about a Secret and cannot be read, or is too long to be, is hidden whole: no cluster takes the one, and the effect
 * has what the other would write.
 */
export function withoutSecretData(text: string, { isPatch, isDocument }: Kind): string {
  let left = MAX_READ
  return apart(text)
    .map((part) => {
      if (!isPatch && !maySpeakOfSecret(part)) return part
      left -= part.length
      const spans = left < 0 ? undefined : secretSpans(part, isPatch)
      if (spans !== undefined) return replaceSpans(part, mergedSpans(spans), () => MASK)
      return isDocument ? `${MASK}(${Buffer.byteLength(part)} bytes)` : part
    })
    .join('')
}

/** At the lines with which a document begins: such a line is nothing else, whatever it stands in. */
function apart(text: string): string[] {
  return text.split(/(?<![^\r\n])(?=---(?:[ \t\r\n]|$))/)
}

/** However the word is written in a text between quotes. */
function maySpeakOfSecret(text: string): boolean {
  const plain = text.replace(
    /\\(?:u([\da-f]{4})|x([\da-f]{2})|U([\da-f]{8})|\r?\n[ \t]*)/gi,
    (_, ...[four, two, eight]: (string | undefined)[]) => {
      const code = Number.parseInt(four ?? two ?? eight ?? '', 16)
      return code <= 0x10ffff ? String.fromCodePoint(code) : ''
    },
  )
  return /\bSecret\b/.test(plain)
}

/** Undefined where the text cannot be read, or is nested too deeply to be looked into. */
function secretSpans(text: string, isPatch: boolean): Span[] | undefined {
  try {
    const options = { logLevel: 'silent', prettyErrors: false, uniqueKeys: false } as const
    const documents: Document[] = [...parseAllDocuments(text, options)]
    if (documents.some(({ errors }) => errors.length > 0)) return undefined
    return documents.flatMap((document) => (isPatch ? hiddenInPatch : hiddenInManifests)(document, text))
  } catch {
    return undefined
  }
}
