import { type ToolAnswer, toolAnswer } from '@fairlead/contract/tool/tool-meta'
import { z } from 'zod'

/** One content block of a tool's result as it came; only text is looked into. */
export type ContentBlock = { type: string; [key: string]: unknown }

/** What a tool server said, or why it said nothing. */
export type CallAnswer =
  | {
      kind: 'answered'
      blocks: ContentBlock[]
      /** Our tool servers' own fields; undefined when a server sends none, or others. */
      structured?: ToolAnswer
      /** The tool says that it failed. */
      isError: boolean
      /** For the model: the blocks as one text; of a failure, why. */
      text: string
    }
  | CallFault

export type CallFault = {
  kind: 'unreachable' | 'timed-out' | 'protocol' | 'aborted' | 'late' | 'not-configured'
  /** The request may have reached the server: what it asked for may have happened. */
  sent: boolean
  /** One plain sentence that names the kind; no address, no text of the server. */
  sentence: string
}

/** The result of `tools/call`, no stricter than the rules below need. */
export const callResult = z.looseObject({
  content: z.array(z.looseObject({ type: z.string() })).default([]),
  structuredContent: z.unknown().optional(),
  isError: z.boolean().optional(),
})

const envelope = z.looseObject({ output: z.unknown(), error: z.unknown() })

export function toCallAnswer(result: z.output<typeof callResult>): CallAnswer {
  const opened = result.content.map(openEnvelope)
  const isError = result.isError === true || opened.some(({ failed }) => failed)
  const blocks = opened.map(({ block }) => block)
  const structured = toolAnswer.safeParse(result.structuredContent)
  return {
    kind: 'answered',
    blocks,
    structured: structured.success ? structured.data : undefined,
    isError,
    text: isError ? failureText(blocks) : blocks.map(blockText).join(''),
  }
}

/** Servers of this wire put `{output, error}` as JSON into a text block: what counts is the output. */
function openEnvelope(block: ContentBlock): { block: ContentBlock; failed: boolean } {
  if (block.type !== 'text' || typeof block.text !== 'string' || !block.text.startsWith('{')) {
    return { block, failed: false }
  }
  const parsed = envelope.safeParse(parseJson(block.text))
  if (!parsed.success || !('output' in parsed.data) || !('error' in parsed.data)) return { block, failed: false }
  const { output, error } = parsed.data
  const text = typeof output === 'string' ? output : JSON.stringify(output)
  return { block: { ...block, text }, failed: Boolean(error) }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function blockText(block: ContentBlock): string {
  return block.type === 'text' && typeof block.text === 'string' ? block.text : JSON.stringify(block)
}

function failureText(blocks: readonly ContentBlock[]): string {
  const texts = blocks.filter(({ type }) => type === 'text').map(blockText)
  return texts.filter((text) => text !== '').join('\n') || 'Tool execution failed'
}
