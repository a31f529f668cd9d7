import { context, DiagLogLevel, diag, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici'
import { detectResources, envDetector, hostDetector, resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import type { CallAnswerer, CallTrace } from '../call/call-request.ts'
import { isConfirmationRequest } from '../gate/confirm/confirm.ts'

export type Traces = {
  /** The same answerer, with a span for each call and for each HTTP request under it. */
  trace(answer: CallAnswerer): CallAnswerer
  /** Sends what has not been sent yet, for at most two seconds: a collector that is away holds up no end. */
  close(): Promise<void>
}

export type TracesOptions = {
  app: { name: string; version: string }
  /** Of the collector, without `/v1/traces`. Its headers, certificate and timeout are OpenTelemetry's own variables. */
  endpoint: string
  /** Names that callers make up are not among them: they share one span name. */
  tools: ReadonlySet<string>
  warn: (said: string) => void
}

const LAST_SPANS_MS = 2_000

/**
 * Spans by OTLP over HTTP, of the whole process: only one may be started at a time. Names and attributes are those of
 * OpenTelemetry's conventions for MCP servers; a parent comes in `_meta.traceparent`.
 */
export function startTraces({ app, endpoint, tools, warn }: TracesOptions): Traces {
  const silent = () => {}
  diag.setLogger({ error: warn, warn, info: silent, debug: silent, verbose: silent }, DiagLogLevel.WARN)
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces` })
  const provider = new TracerProvider({
    // What the environment says of the service goes before our own name for it.
    resource: resourceFromAttributes({ 'service.name': app.name, 'service.version': app.version }).merge(
      detectResources({ detectors: [hostDetector, envDetector] }),
    ),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  })
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  propagation.setGlobalPropagator(new W3CTraceContextPropagator())
  const requests = new UndiciInstrumentation({ requireParentforSpans: true })
  requests.setTracerProvider(provider)
  const tracer = provider.getTracer(app.name, app.version)

  return {
    trace: (answer) => (request) => {
      const tool = tools.has(request.name) ? request.name : 'unknown'
      const options = {
        kind: SpanKind.SERVER,
        attributes: {
          'mcp.method.name': 'tools/call',
          'gen_ai.operation.name': 'execute_tool',
          'gen_ai.tool.name': tool,
        },
      }
      const parent = propagation.extract(ROOT_CONTEXT, request.meta)
      return tracer.startActiveSpan(`tools/call ${tool}`, options, parent, async (span) => {
        const learn: CallTrace['learn'] = (fields) => {
          for (const [name, value] of Object.entries(fields)) {
            if (value !== undefined) span.setAttribute(`fairlead.${name}`, value)
          }
        }
        try {
          const result = await answer({ ...request, trace: { id: span.spanContext().traceId, learn } })
          if (!isConfirmationRequest(result) && result.error) {
            span.setAttribute('error.type', result.code ?? 'Failed').setStatus({ code: SpanStatusCode.ERROR })
          }
          return result
        } finally {
          span.end()
        }
      })
    },
    async close() {
      requests.disable()
      const late = new Promise((resolve) => setTimeout(resolve, LAST_SPANS_MS).unref())
      const sent = provider
        .shutdown()
        .catch((error: unknown) => warn(`the last spans were not taken: ${String(error)}`))
      await Promise.race([sent, late])
      context.disable()
      propagation.disable()
      diag.disable()
    },
  }
}
