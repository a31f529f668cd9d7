import type { Finding, ParsedFile } from './parse-files.ts'

/** Comments that name a rule by a letter and a number: no file defines one. */
export function findUnknownRules(files: readonly ParsedFile[]): Finding[] {
  return files.flatMap(({ path, comments, lineAt }) =>
    comments.flatMap(({ value, start }) => {
      const [rule] = /\bV\d+\b/.exec(value) ?? []
      return rule === undefined ? [] : [{ path, line: lineAt(start), what: `no file defines ${rule}` }]
    }),
  )
}
