import { z } from 'zod'
import { defineEndpoint } from './define-endpoint.ts'

export const health = defineEndpoint({
  method: 'GET',
  path: '/health',
  access: 'none',
  answers: 'json',
  unlimited: true,
  output: z.object({ status: z.literal('ok') }),
})

export const healthDatabase = defineEndpoint({
  method: 'GET',
  path: '/health/database',
  access: 'none',
  answers: 'json',
  unlimited: true,
  output: z.object({ status: z.enum(['ok', 'error']), database: z.enum(['connected', 'disconnected']) }),
})

export const healthReady = defineEndpoint({
  method: 'GET',
  path: '/health/ready',
  access: 'none',
  answers: 'json',
  unlimited: true,
  output: z.object({
    status: z.enum(['ready', 'error']),
    checks: z.object({
      database: z.string(),
      redis: z.string(),
      mcp: z.string(),
      checkpointer: z.enum(['postgres', 'memory']),
      audit: z.string(),
    }),
  }),
})

/** The public halves of the signing keys in force. */
export const jwks = defineEndpoint({
  method: 'GET',
  path: '/.well-known/jwks.json',
  access: 'none',
  answers: 'json',
  atRoot: true,
  unlimited: true,
  output: z.object({
    keys: z.array(
      z.object({
        kty: z.literal('OKP'),
        crv: z.literal('Ed25519'),
        x: z.string(),
        kid: z.string(),
        alg: z.literal('EdDSA'),
        use: z.literal('sig'),
      }),
    ),
  }),
})

export const healthEndpoints = { health, healthDatabase, healthReady, jwks } as const
