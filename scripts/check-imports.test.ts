import { expect, test } from 'vitest'
import { findForbiddenImports } from './check-imports.ts'

const page = 'apps/command-center/src'
const importing = (path: string, specifier: string) =>
  findForbiddenImports([{ path, text: `import { thing } from '${specifier}'\n` }])

test.each([
  [
    'a package that depends on nothing of ours',
    'packages/contract/src/effect/effect.ts',
    '@fairlead/agent/gate',
    'none of ours',
  ],
  [
    'production code and testing',
    'apps/mcp/src/transport/server.ts',
    '@fairlead/testing/servers/redis',
    'never imports testing',
  ],
  ['an app and an app', 'apps/mcp/src/transport/server.ts', '@fairlead/engine/config', '@fairlead/mcp may import'],
  ['the CLI outside of up', 'apps/cli/src/main.ts', '@fairlead/engine/start-engine', 'only `up` and `mcp` compose'],
  ['a path into another package', 'apps/engine/src/main.ts', '../../mcp/src/server.ts', 'imported by its name'],
  ['its own package by name', 'apps/mcp/src/transport/server.ts', '@fairlead/mcp/config', 'imports are relative'],
  ['a fixture', 'apps/engine/src/model/openai.ts', './stream.fixture.ts', 'tests or fixtures'],
  ['upwards', 'apps/engine/src/approvals/decide.ts', '../runs/wake-run.ts', 'approvals lies below runs'],
  ['a neighbour', 'apps/engine/src/audit/list.ts', '../team/members.ts', 'audit and team are neighbours'],
  ['a neighbour at the bottom', 'apps/engine/src/db/pool.ts', '../http/serve.ts', 'neighbours'],
  ['a folder that nobody placed', 'apps/engine/src/weather/sun.ts', '../db/pool.ts', 'weather has no level'],
  ['the table of another folder', 'apps/engine/src/runs/claim.ts', '../auth/user.table.ts', 'belongs to auth'],
  ['I/O in the agent', 'packages/agent/src/run-agent.ts', 'node:fs/promises', 'no I/O'],
  [
    'a feature and the server',
    `${page}/features/call/call-card.tsx`,
    '../../bff/engine/proxy-call.ts',
    'stays on the server',
  ],
  ['the server and a feature', `${page}/bff/guard.ts`, '../features/session/user.ts', 'draws nothing'],
  [
    'a primitive and a feature',
    `${page}/ui/button.tsx`,
    '../features/call/call-card.tsx',
    'ui lies below features/call',
  ],
  ['two features of one line', `${page}/features/call/card.tsx`, '../strip/strip.tsx', 'neighbours'],
  ['a feature that nobody placed', `${page}/features/weather/sun.tsx`, '../../ui/button.tsx', 'has no level'],
  ['schemas in a browser', `${page}/features/call/card.tsx`, '@fairlead/contract/effect/effect', 'no schemas'],
  [
    'schemas in what a browser loads',
    'packages/client/src/run/follow-run.ts',
    '@fairlead/contract/effect/effect',
    'no schemas',
  ],
  [
    'the sandbox and the agent',
    'packages/sandbox/src/clock.ts',
    '@fairlead/agent/model',
    '@fairlead/sandbox may import',
  ],
  [
    'the demo model and the sandbox',
    'packages/demo-model/src/plan/plan.ts',
    '@fairlead/sandbox/clock',
    'demo-model may import',
  ],
  [
    'upwards in the sandbox',
    'packages/sandbox/src/api/store/store.ts',
    '../http/route.ts',
    'api/store lies below api/http',
  ],
  [
    'a folder of the sandbox that nobody placed',
    'packages/sandbox/src/api/http/a.ts',
    '../a/b.ts',
    'api/a has no level',
  ],
  ['the gate and a tool', 'apps/mcp/src/gate/verify.ts', '../kubernetes/write/scale.ts', 'gate lies below kubernetes'],
  ['a target system and the gate', 'apps/mcp/src/kube/write.ts', '../gate/execute.ts', 'kube lies below gate'],
  [
    'a family and another',
    'apps/mcp/src/kubernetes/family.ts',
    '../helm/uninstall.ts',
    'kubernetes and helm are neighbours',
  ],
  [
    'a target system and another',
    'apps/mcp/src/jenkins-http/send.ts',
    '../helm-cli/run.ts',
    'jenkins-http and helm-cli are neighbours',
  ],
  ['a shape and a target system', 'apps/mcp/src/tool/tool-context.ts', '../kube/kube.ts', 'tool lies below kube'],
  ['a call and what carries it', 'apps/mcp/src/call/peer.ts', '../transport/server.ts', 'call lies below transport'],
  ['the tool server and its settings', 'apps/mcp/src/kube/clusters.ts', '../config.ts', 'kube lies below config'],
  ['a file loose in the tool server', 'apps/mcp/src/helper.ts', './kube/kube.ts', 'has no level'],
  ['the gate and the sandbox', 'tests/gate/kills.test.ts', '@fairlead/sandbox/start-sandbox', 'gate-tests may import'],
  ['the demo and the engine', 'tests/demo/sandbox.test.ts', '@fairlead/engine/config', 'demo-tests may import'],
  ['the page from the CLI', 'apps/cli/src/chat/chat.ts', '@fairlead/command-center/api', 'only `up` and `mcp` compose'],
])('%s is refused, with a reason', (_, path, specifier, reason) => {
  const [message, ...more] = importing(path, specifier)
  expect(message).toContain(`${path} imports ${specifier}: `)
  expect(message).toContain(reason)
  expect(more).toEqual([])
})

test.each([
  ['downwards', 'apps/engine/src/runs/claim-run.ts', '../event-log/append.ts'],
  ['within a folder', 'apps/engine/src/runs/claim-run.ts', './run.table.ts'],
  ['a foreign key', 'apps/engine/src/event-log/message.table.ts', '../conversations/conversation.table.ts'],
  ['testing, from a test', 'apps/mcp/src/transport/server.test.ts', '@fairlead/testing/servers/redis'],
  ['an app, from up', 'apps/cli/src/up/start.ts', '@fairlead/mcp/composition/start-mcp'],
  ['kube, from another target system', 'apps/mcp/src/helm-cli/run.ts', '../kube/kube.ts'],
  ['an error, from a shape', 'apps/mcp/src/effect/effect-masks.ts', '../tool/tool-error.ts'],
  ['a family and the port', 'apps/mcp/src/argo/pause.ts', '../target/plan.ts'],
  ['config, from anywhere', 'apps/engine/src/db/pool.ts', '../config.ts'],
  ['the page, from up', 'apps/cli/src/up/start.ts', '@fairlead/command-center/build/ensure-built'],
  ['a feature, from a route', `${page}/app/(signed-in)/page.tsx`, '../../features/home/home-page.tsx'],
  ['the server, from a route', `${page}/app/api/v1/[...path]/route.ts`, '../../../../bff/bff.ts'],
  ['a lower folder of the page', `${page}/features/chat/chat.tsx`, '../call/call-card.tsx'],
  ['the client, in a browser', `${page}/api.ts`, '@fairlead/contract/client/create-api'],
  ['what is not ours', 'apps/engine/src/http/serve.ts', 'fastify'],
])('%s is allowed', (_, path, specifier) => {
  expect(importing(path, specifier)).toEqual([])
})

test('a type costs a browser nothing', () => {
  const text = `import type { Effect } from '@fairlead/contract/effect/effect'\n`
  expect(findForbiddenImports([{ path: `${page}/features/call/card.tsx`, text }])).toEqual([])
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
