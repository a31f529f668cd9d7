import { agentEndpoints } from './agent.ts'
import { approvalEndpoints } from './approvals.ts'
import { auditEndpoints } from './audit.ts'
import { authEndpoints } from './auth.ts'
import { conversationEndpoints } from './conversations.ts'
import { feedEndpoints } from './feed.ts'
import { healthEndpoints } from './health.ts'
import { integrationEndpoints } from './integrations.ts'
import { mcpServerEndpoints } from './mcp-servers.ts'

/** Every endpoint of the engine; one without a handler does not compile. */
export const endpoints = {
  ...authEndpoints,
  ...conversationEndpoints,
  ...agentEndpoints,
  ...approvalEndpoints,
  ...feedEndpoints,
  ...integrationEndpoints,
  ...mcpServerEndpoints,
  ...auditEndpoints,
  ...healthEndpoints,
} as const
export type Endpoints = typeof endpoints
