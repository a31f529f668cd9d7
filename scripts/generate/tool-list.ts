import { families } from '../../apps/mcp/src/families.ts'
import type { Artifact } from './artifact.ts'

/** What our tool server lists when nobody has chosen, for the scripted one of tests. */
export const toolList: Artifact = {
  path: 'packages/testing/src/tools/tool-list.generated.json',
  make: async () => {
    const listed = families
      .flatMap(({ tools }) => tools)
      .filter(({ group }) => group === undefined)
      .map(({ name, title, description, inputSchema, annotations, tags }) => ({
        name,
        title,
        description,
        inputSchema,
        annotations,
        tags,
      }))
    return `${JSON.stringify(listed, null, 2)}\n`
  },
}
