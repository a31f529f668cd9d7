import { toolDigest } from '@fairlead/contract/tool/tool-digest'
import type { CatalogueTool } from './tool-offer.ts'

/** A tool as the catalogue lists it: pinned, and only looking, unless said otherwise. */
export function aTool(overrides: Partial<CatalogueTool> = {}): CatalogueTool {
  const shape = {
    name: 'k8s_get',
    inputSchema: {
      type: 'object',
      properties: {
        name: { type: 'string' },
        limit: { anyOf: [{ type: 'integer' }, { type: 'null' }], default: null },
      },
      required: ['name'],
      additionalProperties: false,
    },
    annotations: { readOnlyHint: true, destructiveHint: false },
    ...overrides,
  }
  return {
    title: 'Get',
    description: 'Gets.',
    toolset: 'k8s',
    server: 'builtin',
    pinned: true,
    digest: toolDigest(shape),
    ...shape,
  }
}

/** A tool that changes something. */
export function aWriteTool(overrides: Partial<CatalogueTool> = {}): CatalogueTool {
  return aTool({
    name: 'k8s_scale',
    title: 'Scale',
    inputSchema: {
      type: 'object',
      properties: { name: { type: 'string' }, replicas: { type: 'integer' }, dry_run: { type: 'boolean' } },
      required: ['name', 'replicas'],
      additionalProperties: false,
    },
    annotations: { readOnlyHint: false },
    ...overrides,
  })
}
