import type { CallArguments } from '../mcp-client/connect-tools.ts'
import type { IntegrationRow } from './integration-rows.ts'

/** What the engine sets in a call of a Jenkins tool. */
export function jenkinsArguments({ metadata, credentials_ref }: IntegrationRow): CallArguments {
  return { api_url: metadata?.api_url, credentials_ref }
}
