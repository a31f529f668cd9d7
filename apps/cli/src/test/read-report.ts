/** The part of vitest's JSON report that is read here. */
export type TestReport = {
  testResults: {
    name: string
    status: string
    message?: string
    assertionResults: { fullName: string; status: string; failureMessages?: string[] | null }[]
  }[]
}

export type TestSummary = {
  passed: number
  /** Names of what failed and of what was skipped, each with its file. */
  failed: string[]
  skipped: string[]
}

const missing = /MissingPart: (.*)/

/** A test whose real part is not on this machine counts as skipped, and says which part; all else that is not a pass failed. */
export function readReport(report: TestReport): TestSummary {
  const summary: TestSummary = { passed: 0, failed: [], skipped: [] }
  for (const file of report.testResults) {
    const part = missing.exec(file.message ?? '')?.[1]
    for (const { fullName, status, failureMessages } of file.assertionResults) {
      const name = `${file.name} > ${fullName}`
      const ownPart = missing.exec(failureMessages?.join('\n') ?? '')?.[1]
      if (status === 'passed') summary.passed++
      else if (ownPart) summary.skipped.push(`${name} (${ownPart})`)
      else if (status === 'failed') summary.failed.push(name)
      else summary.skipped.push(part ? `${name} (${part})` : name)
    }
    // A file that could not be loaded, or whose set-up failed, has no failed test to show for it.
    const hasFailure = file.assertionResults.some(({ status }) => status === 'failed')
    if (file.status === 'failed' && !hasFailure) {
      if (!part) summary.failed.push(file.name)
      else if (file.assertionResults.length === 0) summary.skipped.push(`${file.name} (${part})`)
    }
  }
  return summary
}
