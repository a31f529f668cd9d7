import type { ToolErrorCode } from '@fairlead/contract/tool/tool-meta'

export type ToolErrorOptions = {
  /** What to do about it, in our words alone: text from outside never stands here. */
  hint?: string
  /** Ends in `structuredContent.data`. */
  data?: Record<string, unknown>
  cause?: unknown
}

/**
 * A failure that the caller shall read: it becomes a result `<Code>: <message>` with `isError: true`. `message` is whole
 * sentences naming kind, name and namespace of what failed. Anything else that is thrown is a bug and becomes `Internal`.
 */
export class ToolError extends Error {
  override readonly name: string = 'ToolError'
  readonly code: ToolErrorCode
  readonly hint: string | undefined
  readonly data: Record<string, unknown> | undefined

  constructor(code: ToolErrorCode, message: string, { hint, data, cause }: ToolErrorOptions = {}) {
    super(message, { cause })
    this.code = code
    this.hint = hint
    this.data = data
  }

  /** The text of the result. */
  get text(): string {
    return `${this.code}: ${this.message}`
  }
}
