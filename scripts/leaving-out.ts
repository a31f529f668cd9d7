import { resolve } from 'node:path'
import { type RunnerTestCase, type RunnerTestFile, type RunnerTestSuite, TestRunner } from 'vitest'
import type { LeftOut } from '../packages/testing/src/cluster/left-out-on-sandbox.ts'

declare module 'vitest' {
  interface TaskMeta {
    /** What this run lacks for the test, which is therefore left out. */
    lacks?: string
  }
}

/**
 * A vitest runner that expects the tests of a list to fail, whose files are paths below the root. Those that do are
 * marked for reporters by `meta.lacks`; one that passes fails, and so does a file that lacks a test of the list.
 */
export function leavingOut(list: readonly LeftOut[], root: string): typeof TestRunner {
  return class extends TestRunner {
    onCollected(files: RunnerTestFile[]): void {
      for (const file of files) {
        const entries = list.filter((entry) => resolve(root, entry.file) === file.filepath)
        for (const entry of entries) expectFailure(file, entry)
      }
    }

    override async onAfterRunSuite(suite: RunnerTestSuite): Promise<void> {
      await super.onAfterRunSuite(suite)
      // The set-up of a file that is left out as a whole may fail as well.
      if (suite.meta.lacks !== undefined && suite.result?.errors?.length) {
        suite.result.state = 'pass'
        suite.result.errors = undefined
      }
    }
  }
}

function expectFailure(file: RunnerTestFile, { test, lacks }: LeftOut): void {
  const named = testsOf(file).filter(({ fullTestName }) => test === undefined || fullTestName === test)
  if (named.length === 0) {
    const message = `"${test}" is to be left out, and is no test of ${file.name}`
    file.result = { state: 'fail', errors: [{ name: 'Error', message }] }
  }
  for (const each of named) {
    each.fails = true
    each.meta.lacks = lacks
  }
  if (test === undefined) file.meta.lacks = lacks
}

function testsOf(suite: RunnerTestSuite): RunnerTestCase[] {
  return suite.tasks.flatMap((task) => (task.type === 'suite' ? testsOf(task) : [task]))
}
