import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

/**
 * Resolves to a sentence for each of `paths` that no test file's path holds. vitest itself says nothing of such a path as
 * long as another one matches.
 */
export async function checkPaths(root: string, paths: readonly string[], env: NodeJS.ProcessEnv): Promise<string[]> {
  const problems = await Promise.all(
    paths.map(async (path) => {
      if (await matches(root, path, env)) return []
      const isLong = env.FAIRLEAD_FULL !== '1' && (await matches(root, path, { ...env, FAIRLEAD_FULL: '1' }))
      return isLong ? [`${path} holds only tests that run with --full`] : [`no test file's path holds ${path}`]
    }),
  )
  return problems.flat()
}

async function matches(root: string, path: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  const args = [join(root, 'node_modules/vitest/vitest.mjs'), 'list', path, '--filesOnly', '--json']
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root, env })
  return (JSON.parse(stdout) as unknown[]).length > 0
}
