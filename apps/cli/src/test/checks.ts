import { join } from 'node:path'
import type { Step } from './run-step.ts'

/** Everything that is checked without running the product. */
export function checks(root: string, env: NodeJS.ProcessEnv): Step[] {
  const script = (name: string, path: string, ...args: string[]): Step => ({
    name,
    command: process.execPath,
    args: [join(root, path), ...args],
    env,
    cwd: root,
  })
  return [
    script('types', 'node_modules/typescript/bin/tsc', '-p', '.'),
    script('types: the page', 'node_modules/typescript/bin/tsc', '-p', 'apps/command-center'),
    script('lint', 'node_modules/@biomejs/biome/bin/biome', 'check', '.'),
    script('imports', 'scripts/check-imports.ts'),
    script('structure', 'scripts/check-structure.ts'),
    script('lock', 'scripts/check-lock.ts'),
    script('migrations', 'scripts/check-migrations.ts'),
    script('generated files', 'scripts/generate.ts', '--check'),
  ]
}
