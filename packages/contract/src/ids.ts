import { z } from 'zod'

/** Ids of users, conversations, runs, sessions: lower-case UUIDs. */
export const uuid = z.uuid()

/** The wire id of one tool call; unique in the installation for ever, since the cluster's own audit log knows it. */
export const callId = z.string().regex(/^[A-Za-z0-9._:-]{1,128}$/)

/** SHA-256 in lower-case hex. */
export const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/)

/** Milliseconds since the epoch, as events and timelines carry time. */
export const epochMs = z.int()

/** ISO 8601 in UTC, as the rest of the wire carries time. */
export const isoTime = z.string()
