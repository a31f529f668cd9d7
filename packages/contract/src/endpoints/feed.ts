import { defineEndpoint } from './define-endpoint.ts'

/** What happens to the caller's things; how a second tab, the inbox and a badge learn of it. */
export const userEvents = defineEndpoint({ method: 'GET', path: '/events', access: 'user', answers: 'stream' })

export const feedEndpoints = { userEvents } as const
