import { findBannedNames } from './banned-names.ts'
import { countCasts } from './count-casts.ts'
import { countThrows } from './count-throws.ts'
import { findCrowdedFolders } from './crowded-folders.ts'
import { findCycles, importChains, importGraph } from './import-graph.ts'
import { findLibraryPrivates } from './library-privates.ts'
import { functionLengths, LONG_FUNCTION_LINES, longFunctions, MAX_FUNCTION_LINES } from './long-functions.ts'
import { type Finding, isTest, type ParsedFile } from './parse-files.ts'
import { findUnknownRules } from './unknown-rules.ts'

export type Held = {
  rule: string
  /** How many findings there may be. */
  limit: number
  findings: Finding[]
}

/** `held` are rules; `printed` are figures that nobody has to keep. */
export type Structure = { held: Held[]; printed: string[] }

export function measureStructure(files: readonly ParsedFile[], packages: Readonly<Record<string, string>>): Structure {
  const graph = importGraph(files, packages)
  const lengths = functionLengths(files)
  const chains = importChains(graph)
  const sources = files.filter(({ path }) => !isTest(path))
  const { typed, plain } = countThrows(sources)
  return {
    held: [
      { rule: 'import cycles', limit: 0, findings: findCycles(graph) },
      { rule: 'crowded folders', limit: 0, findings: findCrowdedFolders(files) },
      {
        rule: `functions over ${LONG_FUNCTION_LINES} lines`,
        limit: Math.ceil(lengths.length / 100) - 1,
        findings: longFunctions(lengths, LONG_FUNCTION_LINES),
      },
      {
        rule: `functions over ${MAX_FUNCTION_LINES} lines`,
        limit: 0,
        findings: longFunctions(lengths, MAX_FUNCTION_LINES),
      },
      { rule: 'private members of libraries', limit: 0, findings: findLibraryPrivates(files) },
      { rule: 'banned names', limit: 0, findings: findBannedNames(files) },
      { rule: 'comments that name unknown rules', limit: 0, findings: findUnknownRules(files) },
    ],
    printed: [
      `${files.length} files, ${lengths.length} functions`,
      `import chain: ${chains.longest} files at most, ${chains.mean.toFixed(1)} on average`,
      `casts: ${countCasts(sources)} in the sources`,
      `throws of a declared error class: ${typed} of ${typed + plain} (${Math.round((100 * typed) / (typed + plain || 1))} %)`,
    ],
  }
}
