import type { Clock } from '@fairlead/client/time/clock'
import type { Api } from '@fairlead/contract/client/create-api'
import type { PageLife } from '../../browser/page-life.ts'
import type { Schedule } from './event-batch.ts'
import type { LiveOutputWriter } from './live-output.ts'

/** The part of `sessionStorage` that is needed. */
export type KeyValue = {
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
}

export type LiveTimes = {
  /** Silence after which a stream counts as broken: the engine's sign of life comes within 60 s. */
  silenceMs: number
  /** How long a page must be hidden before it lets go of its stream. */
  hiddenMs: number
  /** From when on a person is told that the line is broken. */
  reconnectingMs: number
  /** How long a run that has begun is waited for to be shown. */
  readyMs: number
  /** How long a confirmed stop waits for the run's own end. */
  stoppedMs: number
  /** How long "Send now" waits for the run to stop. */
  sendNowMs: number
  /** Between two looks where a server cannot be attached to. */
  pollMs: number
  /** Between two decisions where they go one by one. */
  betweenMs: number
}

export const liveTimes: LiveTimes = {
  silenceMs: 90_000,
  hiddenMs: 60_000,
  reconnectingMs: 2000,
  readyMs: 5000,
  stoppedMs: 1000,
  sendNowMs: 5000,
  pollMs: 2000,
  betweenMs: 50,
}

/** What a live conversation needs of the world. */
export type LivePorts = {
  api: Api
  clock: Clock
  page: PageLife
  schedule: Schedule
  storage: KeyValue
  output: LiveOutputWriter
  /** E-mail of who is signed in: whose vote was counted. */
  me(): string | undefined
  onTitle(conversationId: string, title: string): void
  random?: () => number
  times?: Partial<LiveTimes>
}
