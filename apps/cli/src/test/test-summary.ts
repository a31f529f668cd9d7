export type TestSummary = {
  passed: number
  /** Names of what failed and of what was skipped, each with its file. */
  failed: string[]
  skipped: string[]
  /** Names of what failed once and then passed. */
  unsteady: string[]
  /** The slowest first. */
  files: FileTimes[]
}

export function emptySummary(): TestSummary {
  return { passed: 0, failed: [], skipped: [], unsteady: [], files: [] }
}

export type FileTimes = { file: string; loadMs: number; runMs: number }

export function addSummary(summary: TestSummary, more: TestSummary): void {
  summary.passed += more.passed
  summary.failed.push(...more.failed)
  summary.skipped.push(...more.skipped)
  summary.unsteady.push(...more.unsteady)
  summary.files.push(...more.files)
}

/** The same with a word on where it ran before each name. */
export function labelled({ passed, failed, skipped, unsteady, files }: TestSummary, label: string): TestSummary {
  const name = (each: string) => `${label}: ${each}`
  return {
    passed,
    failed: failed.map(name),
    skipped: skipped.map(name),
    unsteady: unsteady.map(name),
    files: files.map(({ file, ...times }) => ({ file: name(file), ...times })),
  }
}
