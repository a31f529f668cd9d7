import type { ToolServer } from './connect-tools.ts'

/** `ok`; rejects when the tool server is not ready within two seconds. */
export async function toolServerHealth(tools: ToolServer): Promise<string> {
  const fault = await tools.ready(AbortSignal.timeout(2000))
  if (fault !== undefined) throw new Error(fault.sentence)
  return 'ok'
}
