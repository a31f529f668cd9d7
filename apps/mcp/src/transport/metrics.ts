import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { CallAnswerer } from '../call/call-request.ts'
import { isConfirmationRequest } from '../gate/confirm/confirm.ts'

export type Metrics = {
  /** The same answerer, counted. */
  count(answer: CallAnswerer): CallAnswerer
  /** In Prometheus' text format. */
  text(): Promise<{ contentType: string; body: string }>
}

/** Names that callers make up are not among `tools`: they share one label, so that nobody can fill the memory with them. */
export function createMetrics({ tools }: { tools: ReadonlySet<string> }): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const calls = new Counter({
    name: 'fairlead_mcp_calls_total',
    help: 'Calls of tools by their result code; asked: its user is asked first.',
    labelNames: ['tool', 'code'],
    registers,
  })
  const seconds = new Histogram({
    name: 'fairlead_mcp_call_duration_seconds',
    help: 'How long calls took.',
    labelNames: ['tool'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 60, 300],
    registers,
  })
  const running = new Gauge({ name: 'fairlead_mcp_calls_in_flight', help: 'Calls not answered yet.', registers })
  return {
    count: (answer) => async (request) => {
      const tool = tools.has(request.name) ? request.name : 'unknown'
      const end = seconds.startTimer({ tool })
      running.inc()
      try {
        const result = await answer(request)
        calls.inc({
          tool,
          code: isConfirmationRequest(result) ? 'asked' : (result.code ?? (result.error ? 'Failed' : 'ok')),
        })
        return result
      } finally {
        running.dec()
        end()
      }
    },
    text: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  }
}
