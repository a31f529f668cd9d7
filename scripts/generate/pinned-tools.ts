import { families } from '../../apps/mcp/src/families.ts'
import { toolDigest } from '../../packages/contract/src/tool/tool-digest.ts'
import type { Artifact } from './artifact.ts'

/** The digests of our own tools, by which an engine knows them again. */
export const pinnedTools: Artifact = {
  path: 'packages/contract/src/tool/pinned-tools.generated.json',
  make: async () => {
    const digests = families
      .flatMap(({ tools }) => tools)
      .map((tool) => [tool.name, toolDigest(tool)] as const)
      .toSorted(([left], [right]) => (left < right ? -1 : 1))
    return `${JSON.stringify(Object.fromEntries(digests), null, 2)}\n`
  },
}
