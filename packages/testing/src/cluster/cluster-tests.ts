import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const patterns = ['apps/mcp/src/**/*.test.ts', 'tests/{e2e,gate}/*.test.ts']
/** What gives a test the cluster of its run. */
const givers = /\b(sharedApiServer|startCluster|startInstallation|startTerminalInstallation)\(/

/** Test files of the tool server and of the whole product that meet a cluster, as paths below the repository's root. */
export function clusterTests(root: string): string[] {
  return globSync(patterns, { cwd: root })
    .filter((file) => givers.test(readFileSync(join(root, file), 'utf8')))
    .toSorted()
}
