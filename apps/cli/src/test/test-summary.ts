export type TestSummary = {
  passed: number
  /** Names of what failed, each with its file. */
  failed: string[]
  skipped: Skipped[]
  /** Names of what failed once and then passed. */
  unsteady: string[]
  /** The slowest first. */
  files: FileTimes[]
}

/** `why` names the part that is missing on this machine; without it the test is skipped for another reason. */
export type Skipped = { name: string; why?: string }

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
    skipped: skipped.map((each) => ({ ...each, name: name(each.name) })),
    unsteady: unsteady.map(name),
    files: files.map(({ file, ...times }) => ({ file: name(file), ...times })),
  }
}
