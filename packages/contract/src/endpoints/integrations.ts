import { z } from 'zod'
import { isoTime } from '../ids.ts'
import { defineEndpoint } from './define-endpoint.ts'

const ofOne = z.object({ integration_id: z.string() })
const status = z.enum(['active', 'disabled'])
const name = z.string().trim().max(100).nullable()
/** Of Jenkins: `api_url`. */
const metadata = z.record(z.string(), z.unknown()).nullable()
/** Of Jenkins: `username` and `api_token`. Never answered. */
const credentials = z.record(z.string(), z.string())

export const integrationRead = z.object({
  id: z.string(),
  provider: z.string(),
  name,
  metadata,
  status,
  created_at: isoTime,
  updated_at: isoTime,
})
export type IntegrationRead = z.infer<typeof integrationRead>

export const listIntegrations = defineEndpoint({
  method: 'GET',
  path: '/integrations',
  access: 'user',
  answers: 'json',
  query: z.object({ provider: z.string().optional() }),
  output: z.array(integrationRead),
})

/** The login goes into a Secret of the credentials namespace; the request is the approval of that write. */
export const createIntegration = defineEndpoint({
  method: 'POST',
  path: '/integrations',
  access: 'admin',
  answers: 'json',
  slow: true,
  input: z.object({
    provider: z.string().nullish(),
    credentials,
    name: name.optional(),
    metadata: metadata.optional(),
  }),
  output: integrationRead,
})

/** With `credentials` a new Secret takes the place of the old one. */
export const changeIntegration = defineEndpoint({
  method: 'PATCH',
  path: '/integrations/:integration_id',
  access: 'admin',
  answers: 'json',
  slow: true,
  params: ofOne,
  input: z.object({
    name: name.optional(),
    metadata: metadata.optional(),
    credentials: credentials.optional(),
    status: status.optional(),
  }),
  output: integrationRead,
})

/** One read with the stored login, whether the integration is active or not. */
export const testIntegration = defineEndpoint({
  method: 'POST',
  path: '/integrations/:integration_id/test',
  access: 'admin',
  answers: 'json',
  slow: true,
  params: ofOne,
  output: z.object({ ok: z.boolean(), detail: z.string() }),
})

export const deleteIntegration = defineEndpoint({
  method: 'DELETE',
  path: '/integrations/:integration_id',
  access: 'admin',
  answers: 'nothing',
  status: 204,
  slow: true,
  params: ofOne,
})

export const integrationEndpoints = {
  listIntegrations,
  createIntegration,
  changeIntegration,
  testIntegration,
  deleteIntegration,
} as const
