/**
 * `npm run mutants`: the pure files of the loop, the contract, the gate, the effect and the record, each line of them
 * changed in turn; some test must fail for it. `scripts/check-mutants.ts` reads the report.
 */
const pure = [
  'packages/agent/src/**/*.ts',
  'packages/contract/src/*.ts',
  'packages/contract/src/{audit,call,client,effect,json,tool}/*.ts',
  'apps/mcp/src/effect/**/*.ts',
  'apps/mcp/src/gate/{form,execution-answer,confirm/confirmation-message}.ts',
  'apps/mcp/src/gate/grant/{check-grant,signed-token,identity,refused,memory-used-grants,used-grants,used-ids}.ts',
  'packages/service-kit/src/redaction/*.ts',
  'apps/engine/src/event-log/audit/rising-id.ts',
]
/** What only declares: schemas, tables and texts have no branch to change, and other suites hold them. */
const declarations = [
  'packages/agent/src/prompts/**',
  'packages/contract/src/audit/{fault,sealed-event}.ts',
  'packages/contract/src/{ids,errors,call/call,call/grant,call/timeline,effect/effect,tool/tool-meta,tool/injected-arguments}.ts',
]

export default {
  testRunner: 'vitest',
  vitest: { configFile: 'vitest.mutants.config.ts' },
  coverageAnalysis: 'perTest',
  mutate: [...pure, '!**/*.{test,fixture}.ts', ...declarations.map((path) => `!${path}`)],
  reporters: ['json', 'progress-append-only'],
  jsonReporter: { fileName: '.artefacts/mutants.json' },
  concurrency: 2,
  timeoutMS: 10_000,
  // TypeScript 7 has no API, with which the tool would rewrite this file.
  tsconfigFile: 'absent.json',
  ignorePatterns: ['apps/command-center', '.artefacts', '.cache', 'tools', 'docs', 'tsconfig.json'],
  tempDirName: '.cache/mutants',
}
