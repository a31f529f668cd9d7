import type { Model, ModelMessage, ModelPart } from '@fairlead/agent/model'
import { createModel } from './create-model.ts'
import type { Received } from './model-server.fixture.ts'
import type { ModelSettings } from './model-settings.ts'

export const silent = { warn: () => undefined }
export const hello: ModelMessage[] = [{ role: 'user', content: 'why does checkout fail?' }]
export const getTool = {
  name: 'k8s_get',
  description: 'Reads.',
  inputSchema: { type: 'object', properties: { name: { type: 'string' } } },
}
export const done = 'data: [DONE]\n\n'

export function modelAt(host: string, settings: Partial<ModelSettings> = {}, silenceSeconds?: number): Promise<Model> {
  return createModel({ settings: { id: 'openai/m', host, apiKey: 'k', ...settings }, log: silent, silenceSeconds })
}

export async function turn(model: Model, request: Partial<Parameters<Model['stream']>[0]> = {}): Promise<ModelPart[]> {
  const whole = { system: 'prefix', systemTail: 'facts', messages: hello, tools: [], ...request }
  const parts: ModelPart[] = []
  for await (const part of model.stream(whole, { signal: AbortSignal.timeout(20_000) })) parts.push(part)
  return parts
}

export function messagesOf(received: Received | undefined): Record<string, unknown>[] {
  return (received?.body.messages ?? []) as Record<string, unknown>[]
}
