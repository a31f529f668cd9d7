export type TestSummary = {
  passed: number
  /** Names of what failed and of what was skipped, each with its file. */
  failed: string[]
  skipped: string[]
  /** The slowest first. */
  files: FileTimes[]
}

export type FileTimes = { file: string; loadMs: number; runMs: number }

export function addSummary(summary: TestSummary, more: TestSummary): void {
  summary.passed += more.passed
  summary.failed.push(...more.failed)
  summary.skipped.push(...more.skipped)
  summary.files.push(...more.files)
}

/** The same with a word on where it ran before each name. */
export function labelled({ passed, failed, skipped, files }: TestSummary, label: string): TestSummary {
  const name = (each: string) => `${label}: ${each}`
  return {
    passed,
    failed: failed.map(name),
    skipped: skipped.map(name),
    files: files.map(({ file, ...times }) => ({ file: name(file), ...times })),
  }
}
