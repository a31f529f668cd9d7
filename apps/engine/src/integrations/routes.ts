import type { Endpoints } from '@fairlead/contract/endpoints/endpoints'
import type { integrationEndpoints } from '@fairlead/contract/endpoints/integrations'
import type { AuthenticatedUser } from '../http/authenticated-user.ts'
import type { Handlers } from '../http/handlers.ts'
import {
  changeIntegration,
  createIntegration,
  deleteIntegration,
  type IntegrationPorts,
} from './change-integrations.ts'
import { findIntegration, integrationRead, readIntegrations } from './integration-rows.ts'
import { type TestPorts, testIntegration } from './test-integration.ts'

export function integrationHandlers(
  ports: IntegrationPorts & TestPorts,
): Pick<Handlers<Endpoints>, keyof typeof integrationEndpoints> {
  const by = ({ user, address }: { user: AuthenticatedUser; address: string }) => ({ ...user, address })
  return {
    listIntegrations: async ({ query }) => {
      const provider = query.provider?.trim().toLowerCase() || undefined
      return (await readIntegrations(ports.db, provider)).map(integrationRead)
    },
    createIntegration: async (call) =>
      integrationRead(await createIntegration(ports, { input: call.input, by: by(call) })),
    changeIntegration: async (call) => {
      const { params, input } = call
      return integrationRead(await changeIntegration(ports, { id: params.integration_id, input, by: by(call) }))
    },
    testIntegration: async (call) => {
      const row = await findIntegration(ports.db, call.params.integration_id)
      return await testIntegration(ports, { row, by: by(call), signal: call.signal })
    },
    deleteIntegration: async (call) => {
      await deleteIntegration(ports, { id: call.params.integration_id, by: by(call) })
      return undefined
    },
  }
}
