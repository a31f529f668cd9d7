import type { Logger } from '@fairlead/service-kit/logger'
import type { CallAnswerer } from '../call/call-request.ts'
import type { Config } from '../config.ts'
import { families } from '../families.ts'
import type { Metrics } from '../transport/metrics.ts'

export type ObservedCalls = {
  answer: CallAnswerer
  /** Undefined: they are not wanted. */
  metrics: Metrics | undefined
  /** Sends the last traces. */
  close(): Promise<void>
}

/** The same answerer with metrics and traces, as far as they are wanted; only then they are loaded. */
export async function observeCalls(
  answer: CallAnswerer,
  { app, metrics: hasMetrics, tracesEndpoint: endpoint }: Config,
  log: Logger,
): Promise<ObservedCalls> {
  const tools = new Set(families.flatMap((family) => family.tools.map(({ name }) => name)))
  const warn = (said: string) => log.warn(`traces: ${said}`)
  const traces =
    endpoint === undefined
      ? undefined
      : (await import('../transport/traces.ts')).startTraces({ app, endpoint, tools, warn })
  const metrics = hasMetrics ? (await import('../transport/metrics.ts')).createMetrics({ tools }) : undefined
  const traced = traces?.trace(answer) ?? answer
  return { answer: metrics?.count(traced) ?? traced, metrics, close: async () => traces?.close() }
}
