import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** What the mutation tool reports (schema of mutation-testing-report-schema, the parts that are read here). */
export type Report = { files: Record<string, { source: string; mutants: Mutant[] }> }
type Position = { line: number; column: number }
type Mutant = {
  mutatorName: string
  replacement?: string
  status: string
  location: { start: Position; end: Position }
}

/** A change that no test notices, and why that is right. `line` is the first line of what was changed, trimmed. */
export type Survivor = { file: string; line: string; change: string; reason: string }

export type Verdict = {
  /** Killed among all that could be run, in percent. */
  score: number
  mutants: number
  /** Survivors without a reason: a test is missing, or a reason. */
  unexplained: Survivor[]
  /** Reasons for what does not survive any more, or is not there. */
  outdated: Survivor[]
}

const WANTED_SCORE = 90

/** Weighs a report against the list of survivors that have a reason. */
export function weighMutants(report: Report, explained: readonly Survivor[]): Verdict {
  const survivors: Survivor[] = []
  // A loaded machine stops a change that no test notices as if it never ended: its reason is still needed.
  const timedOut: Survivor[] = []
  let killed = 0
  for (const [file, { source, mutants }] of Object.entries(report.files)) {
    for (const mutant of mutants) {
      if (['Killed', 'Timeout'].includes(mutant.status)) killed++
      if (['Survived', 'NoCoverage'].includes(mutant.status)) survivors.push(survivorOf(file, source, mutant))
      if (mutant.status === 'Timeout') timedOut.push(survivorOf(file, source, mutant))
    }
  }
  const mutants = killed + survivors.length
  const known = new Set(explained.filter(({ reason }) => reason !== '').map(keyOf))
  const left = new Set([...survivors, ...timedOut].map(keyOf))
  return {
    score: mutants === 0 ? 0 : (100 * killed) / mutants,
    mutants,
    unexplained: survivors.filter((survivor) => !known.has(keyOf(survivor))),
    outdated: explained.filter((survivor) => !left.has(keyOf(survivor))),
  }
}

function survivorOf(file: string, source: string, { location, mutatorName, replacement }: Mutant): Survivor {
  const { start, end } = location
  const lines = source.split('\n')
  const first = lines[start.line - 1] ?? ''
  const original = first.slice(start.column - 1, end.line === start.line ? end.column - 1 : undefined)
  const change = `${mutatorName}: ${original.trim()} -> ${(replacement ?? '').split('\n')[0]}`
  return { file, line: first.trim(), change, reason: '' }
}

function keyOf({ file, line, change }: Survivor): string {
  return JSON.stringify([file, line, change])
}

/** The list as it would be now: reasons that are needed stay, what has none gets an empty one to be filled in. */
export function renewed({ unexplained, outdated }: Verdict, explained: readonly Survivor[]): Survivor[] {
  const gone = new Set(outdated.map(keyOf))
  const kept = explained.filter((survivor) => !gone.has(keyOf(survivor)) && survivor.reason !== '')
  const unique = new Map([...kept, ...unexplained].map((survivor) => [keyOf(survivor), survivor]))
  return [...unique.values()].toSorted((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1))
}

if (import.meta.main) {
  const root = resolve(import.meta.dirname, '..')
  const listFile = join(root, 'tests/mutants/survivors.json')
  const explained: Survivor[] = existsSync(listFile) ? JSON.parse(readFileSync(listFile, 'utf8')) : []
  const verdict = weighMutants(JSON.parse(readFileSync(join(root, '.artefacts/mutants.json'), 'utf8')), explained)
  if (process.argv.includes('--write')) {
    writeFileSync(listFile, `${JSON.stringify(renewed(verdict, explained), undefined, 2)}\n`)
  }
  for (const { file, line, change } of verdict.unexplained) console.error(`survived: ${file}: ${change}\n    ${line}`)
  for (const { file, change } of verdict.outdated) console.error(`no longer survives: ${file}: ${change}`)
  const { score, mutants, unexplained, outdated } = verdict
  console.log(
    `${mutants} mutants, ${score.toFixed(1)} % killed (${WANTED_SCORE} % wanted), ${unexplained.length} survivors without a reason, ${outdated.length} reasons too many`,
  )
  process.exitCode = score >= WANTED_SCORE && unexplained.length + outdated.length === 0 ? 0 : 1
}
