import { randomBytes } from 'node:crypto'

/** `SETUP_SECRET` of every engine that this process starts, so that its tests can make the first account. */
export const setupSecret = randomBytes(32).toString('base64url')
