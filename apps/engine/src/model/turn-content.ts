import type { LanguageModelV4StreamPart, SharedV4ProviderMetadata } from '@ai-sdk/provider'

export type TurnPart = { providerMetadata?: SharedV4ProviderMetadata } & (
  | { type: 'text'; text: string }
  | { type: 'reasoning'; text: string }
  | { type: 'tool-call'; toolCallId: string; toolName: string; input: string }
)
/** What an assistant said, in the provider's order, with the signatures it wants back. Plain JSON. */
export type TurnContent = TurnPart[]

/** Joins the pieces of one streamed turn into its content. */
export class TurnContentBuilder {
  readonly content: TurnContent = []
  /** Texts and thoughts still growing, by the id of their block. */
  readonly #open = new Map<string, TurnPart & { text: string }>()

  add(part: LanguageModelV4StreamPart): void {
    switch (part.type) {
      case 'text-start':
      case 'reasoning-start': {
        const type = part.type === 'text-start' ? 'text' : 'reasoning'
        const block = { type, text: '', providerMetadata: part.providerMetadata } as const
        this.content.push(block)
        this.#open.set(`${type} ${part.id}`, block)
        return
      }
      case 'text-delta':
      case 'reasoning-delta':
      case 'text-end':
      case 'reasoning-end': {
        const block = this.#open.get(`${part.type.startsWith('text') ? 'text' : 'reasoning'} ${part.id}`)
        if (block === undefined) return
        if ('delta' in part) block.text += part.delta
        // A signature comes with the last piece of its block.
        if (part.providerMetadata !== undefined) block.providerMetadata = part.providerMetadata
        return
      }
      case 'tool-call': {
        const { type, toolCallId, toolName, input, providerMetadata } = part
        this.content.push({ type, toolCallId, toolName, input, providerMetadata })
      }
    }
  }

  get toolCalls(): { id: string; name: string; arguments: string }[] {
    return this.content.flatMap((part) =>
      part.type === 'tool-call' ? [{ id: part.toolCallId, name: part.toolName, arguments: part.input }] : [],
    )
  }

  /** Null when the neutral message says it all, so that nothing is stored twice. */
  get body(): TurnContent | null {
    return this.content.some((part) => part.providerMetadata !== undefined) ? this.content : null
  }
}
