import { setTimeout as sleep } from 'node:timers/promises'
import type { ModelMessage, ModelTool } from '@fairlead/agent/model'
import { delimitOutput } from '@fairlead/agent/tool-output'
import { applyLoadToolset, LOAD_TOOLSET } from '@fairlead/agent/toolsets'
import { turnFor } from '@fairlead/demo-model/demo-model'
import type { TestMcp } from '@fairlead/mcp/fixtures/mcp-server.fixture'

type Listed = ModelTool & { isRead: boolean }
export type Proposal = { tool: string; args: Record<string, unknown> }
export type DemoAnswer = {
  /** Everything that was said, oldest first. */
  said: string[]
  /** The first change that was proposed. */
  proposal: Proposal | undefined
  calls: Proposal[]
}

/** Of a run, as the engine counts; a decision starts another one. */
const MAX_TURNS = 12

/**
 * Asks the demo model, with the real tool server under it. Reads of one asker are made once until something is written.
 * @param options `speed`: how much faster the cluster's time goes; waiting for it takes so much less
 */
export async function createAsker(mcp: TestMcp, { speed = 1 }: { speed?: number } = {}) {
  const tools = await listTools(mcp)
  const known = new Map<string, string>()

  const read = async (tool: string, args: Record<string, unknown>) => {
    const key = JSON.stringify([tool, args])
    const answer = known.get(key) ?? delimited(tool, await mcp.call(tool, args))
    known.set(key, answer)
    return answer
  }

  return async (
    question: string,
    { approves, before = [] }: { approves: boolean; before?: readonly ModelMessage[] },
  ): Promise<DemoAnswer> => {
    const messages: ModelMessage[] = [...before, { role: 'user', content: question }]
    const answer: DemoAnswer = { said: [], proposal: undefined, calls: [] }
    let offered = tools.filter(({ isRead }) => isRead)
    let left = MAX_TURNS
    for (let turn = 1; left > 0; turn++, left--) {
      const { text, calls } = turnFor({ messages, tools: offered })
      if (text !== '') answer.said.push(text)
      if (calls.length === 0) return answer
      const made = calls.map((call, index) => ({ ...call, id: `${turn}-${index}` }))
      messages.push({
        role: 'assistant',
        content: text,
        tool_calls: made.map(({ id, tool, args }) => ({ id, name: tool, arguments: JSON.stringify(args) })),
      })
      for (const { id, tool, args } of made) {
        answer.calls.push({ tool, args })
        const isRead = tools.find(({ name }) => name === tool)?.isRead === true
        let content: string
        if (tool === LOAD_TOOLSET) {
          offered = tools
          content = applyLoadToolset(args, { loaded: {}, catalogue: [], viewOnly: false }).answer
        } else if (tool === 'wait_for_x_seconds') {
          await sleep((Number(args.seconds) * 1000) / speed)
          content = delimited(tool, { output: `Waited for ${args.seconds} seconds`, error: false })
        } else if (isRead) content = await read(tool, args)
        else {
          answer.proposal ??= { tool, args }
          if (!approves) return answer
          known.clear()
          left = MAX_TURNS
          const preview = await mcp.preview(tool, args)
          content = preview.error
            ? delimited(tool, preview)
            : delimited(tool, (await mcp.approveAndRun(tool, args)).result)
        }
        // Waiting is done by now, and what is read after it is read anew.
        if (tool === 'wait_for_x_seconds' || tool === 'k8s_rollout_status') known.clear()
        messages.push({ role: 'tool', tool_call_id: id, name: tool, content })
      }
    }
    throw new Error(`no answer after ${MAX_TURNS} turns: ${question}\n${answer.said.join('\n')}`)
  }
}

function delimited(tool: string, { output, error }: { output: string; error: boolean }): string {
  const text = delimitOutput({ tool, text: output }, 60_000)
  return error ? `Tool error: ${text}` : text
}

async function listTools(mcp: TestMcp): Promise<Listed[]> {
  const { body } = await mcp.rpc('tools/list')
  const { tools } = body.result as {
    tools: { name: string; description: string; inputSchema: object; annotations: { readOnlyHint?: boolean } }[]
  }
  return tools.map(({ name, description, inputSchema, annotations }) => ({
    name,
    description,
    inputSchema: { ...inputSchema },
    isRead: annotations.readOnlyHint === true,
  }))
}
