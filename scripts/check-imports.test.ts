import { expect, test } from 'vitest'
import { findForbiddenImports } from './check-imports.ts'

const importing = (path: string, specifier: string) =>
  findForbiddenImports([{ path, text: `import { thing } from '${specifier}'\n` }])

test.each([
  [
    'a package that depends on nothing of ours',
    'packages/contract/src/effect.ts',
    '@fairlead/agent/gate',
    'none of ours',
  ],
  ['production code and testing', 'apps/mcp/src/server.ts', '@fairlead/testing/redis', 'never imports testing'],
  ['an app and an app', 'apps/mcp/src/server.ts', '@fairlead/engine/config', '@fairlead/mcp may import'],
  ['the CLI outside of up', 'apps/cli/src/main.ts', '@fairlead/engine/start-engine', 'only `up` composes'],
  ['a path into another package', 'apps/engine/src/main.ts', '../../mcp/src/server.ts', 'imported by its name'],
  ['its own package by name', 'apps/mcp/src/server.ts', '@fairlead/mcp/config', 'imports are relative'],
  ['a fixture', 'apps/engine/src/model/openai.ts', './stream.fixture.ts', 'tests or fixtures'],
  ['upwards', 'apps/engine/src/approvals/decide.ts', '../runs/wake-run.ts', 'approvals lies below runs'],
  ['a neighbour', 'apps/engine/src/audit/list.ts', '../team/members.ts', 'audit and team are neighbours'],
  ['a neighbour at the bottom', 'apps/engine/src/db/pool.ts', '../http/serve.ts', 'neighbours'],
  ['a room nobody placed', 'apps/engine/src/weather/sun.ts', '../db/pool.ts', 'weather has no level'],
  ['the table of another room', 'apps/engine/src/runs/claim.ts', '../auth/user.table.ts', 'belongs to auth'],
  ['I/O in the agent', 'packages/agent/src/run-agent.ts', 'node:fs/promises', 'no I/O'],
])('%s is refused, with a reason', (_, path, specifier, reason) => {
  const [message, ...more] = importing(path, specifier)
  expect(message).toContain(`${path} imports ${specifier}: `)
  expect(message).toContain(reason)
  expect(more).toEqual([])
})

test.each([
  ['downwards', 'apps/engine/src/runs/claim-run.ts', '../event-log/append.ts'],
  ['within a room', 'apps/engine/src/runs/claim-run.ts', './run.table.ts'],
  ['a foreign key', 'apps/engine/src/event-log/message.table.ts', '../conversations/conversation.table.ts'],
  ['testing, from a test', 'apps/mcp/src/server.test.ts', '@fairlead/testing/redis'],
  ['an app, from up', 'apps/cli/src/up/start.ts', '@fairlead/mcp/start-mcp'],
  ['config, from anywhere', 'apps/engine/src/db/pool.ts', '../config.ts'],
  ['what is not ours', 'apps/engine/src/http/serve.ts', 'fastify'],
])('%s is allowed', (_, path, specifier) => {
  expect(importing(path, specifier)).toEqual([])
})

test.each([
  `export { a } from '@fairlead/agent/gate'`,
  `import type { A } from '@fairlead/agent/gate'`,
  `import {\n  a,\n  b,\n} from '@fairlead/agent/gate'`,
  `import '@fairlead/agent/gate'`,
  `const { a } = await import('@fairlead/agent/gate')`,
])('sees the import in %j', (text) => {
  expect(findForbiddenImports([{ path: 'packages/contract/src/ids.ts', text }])).toHaveLength(1)
})
