import { writeFileSync } from 'node:fs'
import type { Reporter, SerializedError, TestCase, TestModule, TestSuite } from 'vitest/node'

/**
 * vitest reporter behind `fairlead test`: writes `{passed, failed, skipped, unsteady, files}` as JSON to
 * FAIRLEAD_TEST_SUMMARY; `unsteady` names what passed at its second try, `files` says how long each took to load and to
 * run, the slowest first. A test whose real part is not on this machine (MissingPart) counts as skipped, and `why` says
 * which part; one that is left out since its cluster lacks a part is not counted; whatever else is not a pass failed, also
 * a set-up, a file that cannot be loaded, a test that is left out and passes, and a rejection that no test waited for.
 */
// biome-ignore lint/style/noDefaultExport: vitest loads a reporter by its default export
export default class SummaryReporter implements Reporter {
  #passed = 0
  readonly #failed: string[] = []
  readonly #skipped: { name: string; why?: string }[] = []
  readonly #unsteady: string[] = []

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    for (const module of modules) this.#count(module, module.relativeModuleId, [])
    for (const error of unhandled) this.#failed.push(`outside of any test: ${error.message}`)
    const path = process.env.FAIRLEAD_TEST_SUMMARY
    if (!path) throw new Error('FAIRLEAD_TEST_SUMMARY must name the file to write')
    const files = modules.map(timesOf).sort((a, b) => b.loadMs + b.runMs - (a.loadMs + a.runMs))
    const names = { failed: this.#failed, skipped: this.#skipped, unsteady: this.#unsteady }
    writeFileSync(path, JSON.stringify({ passed: this.#passed, ...names, files }))
  }

  /** `missing` are the parts that set-ups further up did not find: they are why the tests below never ran. */
  #count(group: TestModule | TestSuite, name: string, missing: readonly string[]): void {
    const errors = group.errors()
    const parts = [...missing, ...errors.flatMap(missingPart)]
    if (errors.length > 0 && !isMissingPart(errors[0])) this.#failed.push(`${name} (set-up)`)
    const children = [...group.children]
    if (children.length === 0 && parts.length > 0) this.#skipped.push({ name, why: parts[0] })
    for (const child of children) {
      if (child.type === 'suite') this.#count(child, `${name} > ${child.name}`, parts)
      else this.#countTest(child, `${name} > ${child.name}`, parts)
    }
  }

  #countTest(test: TestCase, name: string, missing: readonly string[]): void {
    const { state, errors = [] } = test.result()
    if (test.meta().lacks !== undefined && state !== 'failed') return
    if (state === 'passed') {
      this.#passed++
      if (test.diagnostic()?.flaky) this.#unsteady.push(name)
      return
    }
    const parts = [...errors.flatMap(missingPart), ...missing]
    if (state === 'failed' && !isMissingPart(errors[0])) this.#failed.push(name)
    else this.#skipped.push({ name, why: parts[0] })
  }
}

function timesOf(module: TestModule) {
  const { collectDuration, duration } = module.diagnostic()
  return { file: module.relativeModuleId, loadMs: Math.round(collectDuration), runMs: Math.round(duration) }
}

/** Whatever fails behind one comes of it: cleaning up what never began, or another try. */
function isMissingPart(error: SerializedError | undefined): boolean {
  return error?.name === 'MissingPart'
}

function missingPart(error: SerializedError): string[] {
  return isMissingPart(error) ? [error.message] : []
}
