import type { ToolAnswer } from '@fairlead/contract/tool/tool-meta'
import type { CallToolResult } from '@modelcontextprotocol/server'

/** The one result of every call, good or bad. */
export function callResultOf(answer: ToolAnswer): CallToolResult {
  const { output, error } = answer
  return {
    content: [{ type: 'text', text: JSON.stringify({ output, error }) }],
    structuredContent: answer,
    isError: error,
  }
}
