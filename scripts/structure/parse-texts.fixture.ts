import { type ParsedFile, parseFiles } from './parse-files.ts'

/** Files by their path. */
export function parseTexts(texts: Readonly<Record<string, string>>): ParsedFile[] {
  return parseFiles(Object.entries(texts).map(([path, text]) => ({ path, text })))
}
