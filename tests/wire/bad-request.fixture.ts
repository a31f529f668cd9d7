import { randomUUID } from 'node:crypto'

/** Things that exist when a request is made, so that a row breaks one rule and no other. */
export type World = {
  conversation: string
  /** Of the run that ended waiting for the call. */
  run: string
  /** A write that waits for its owner. */
  call: string
  args_digest: string
  effect_digest: string
  /** A conversation of the same owner without any call. */
  other: string
}

export type BadRequest = {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  path: string
  /** Sent as JSON; `text` is sent as it stands. */
  json?: unknown
  text?: string
  form?: Record<string, string>
  headers?: Record<string, string>
}

/** `faults`: type and place of each entry of a 422; `detail`, `code`: of any other refusal; `current`: the item comes along. */
export type Refused =
  | { faults: [type: string, ...loc: (string | number)[]][] }
  | { status: number; detail: unknown; code?: string; current?: true }

export type Row = [rule: string, request: (world: World) => BadRequest, refused: Refused]

export const digest = 'a'.repeat(64)
export const fault = (type: string, ...loc: (string | number)[]): Refused => ({ faults: [[type, ...loc]] })
export const refused = (status: number, detail: unknown): Refused => ({ status, detail })
export const conversationNotFound = refused(404, 'Conversation not found')
export const callNotFound = refused(404, 'Tool call not found')
export const runNotFound = refused(404, 'Run not found')
export const notFound = refused(404, 'Not Found')
export const badCursor = refused(400, 'Invalid cursor')

export const post = (path: string, json: unknown): BadRequest => ({ method: 'POST', path, json })
export const patch = (path: string, json: unknown): BadRequest => ({ method: 'PATCH', path, json })
export const get = (path: string): BadRequest => ({ path })

/** What is no id of anything; each stands in a path. */
const strangeIds = ['x', '%00', '%2e%2e%2fusers', '0', 'null', '%F0%9F%9A%80', "';--", 'x'.repeat(128), randomUUID()]
export const strangePaths = (name: string, request: (id: string, world: World) => BadRequest, answer: Refused): Row[] =>
  strangeIds.map((id) => [`${name}: the id ${id.slice(0, 20)}`, (world) => request(id, world), answer])
