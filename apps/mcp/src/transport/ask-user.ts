import type { InputRequiredResult, ServerContext } from '@modelcontextprotocol/server'

/**
 * What the user of a connection that lasts answers to the questions of a call, asked in its midst. Silence until the time
 * is over, and a host that fails to ask, are a refusal to answer.
 */
export async function askUser(
  { inputRequests = {} }: InputRequiredResult,
  { mcpReq }: ServerContext,
  timeoutMs: number,
): Promise<Record<string, unknown>> {
  const answers = Object.entries(inputRequests).map(async ([key, { method, params }]): Promise<[string, unknown]> => {
    if (method !== 'elicitation/create') throw new TypeError(`Nobody asks ${method} here`)
    const answer = await mcpReq
      .elicitInput(params, { timeout: timeoutMs, signal: mcpReq.signal })
      .catch(() => ({ action: 'cancel' as const }))
    return [key, answer]
  })
  return Object.fromEntries(await Promise.all(answers))
}
