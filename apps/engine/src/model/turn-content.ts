import type { LanguageModelV4StreamPart, SharedV4ProviderMetadata } from '@ai-sdk/provider'
import { TextBuilder } from '@fairlead/agent/text-builder'

export type TurnPart = { providerMetadata?: SharedV4ProviderMetadata } & (
  | { type: 'text'; text: string }
  | { type: 'reasoning'; text: string }
  | { type: 'tool-call'; toolCallId: string; toolName: string; input: string }
)
/** What an assistant said, in the provider's order, with the signatures it wants back. Plain JSON. */
export type TurnContent = TurnPart[]

type SpokenBlock = {
  type: 'text' | 'reasoning'
  /** The provider's own. */
  id: string
  text: TextBuilder
  providerMetadata?: SharedV4ProviderMetadata
}
type CallPart = TurnPart & { type: 'tool-call' }

/** Joins the pieces of one streamed turn into its content. */
export class TurnContentBuilder {
  readonly #parts: (SpokenBlock | CallPart)[] = []

  add(part: LanguageModelV4StreamPart): void {
    switch (part.type) {
      case 'text-start':
      case 'reasoning-start': {
        const type = part.type === 'text-start' ? 'text' : 'reasoning'
        const { id, providerMetadata } = part
        this.#parts.push({ type, id, text: new TextBuilder(), providerMetadata })
        return
      }
      case 'text-delta':
      case 'reasoning-delta':
      case 'text-end':
      case 'reasoning-end': {
        const block = this.#newest(part.type.startsWith('text') ? 'text' : 'reasoning', part.id)
        if (block === undefined) return
        if ('delta' in part) block.text.add(part.delta)
        // A signature comes with the last piece of its block.
        if (part.providerMetadata !== undefined) block.providerMetadata = part.providerMetadata
        return
      }
      case 'tool-call': {
        const { type, toolCallId, toolName, input, providerMetadata } = part
        this.#parts.push({ type, toolCallId, toolName, input, providerMetadata })
      }
    }
  }

  get content(): TurnContent {
    return this.#parts.map((part) => {
      if (part.type === 'tool-call') return part
      const { type, text, providerMetadata } = part
      return { type, text: text.toString(), providerMetadata }
    })
  }

  get toolCalls(): { id: string; name: string; arguments: string }[] {
    return this.#parts.flatMap((part) =>
      part.type === 'tool-call' ? [{ id: part.toolCallId, name: part.toolName, arguments: part.input }] : [],
    )
  }

  /** Null when the neutral message says it all, so that nothing is stored twice. */
  get body(): TurnContent | null {
    return this.#parts.some((part) => part.providerMetadata !== undefined) ? this.content : null
  }

  /** The block that a piece belongs to: ids may come again once their block has ended. */
  #newest(type: SpokenBlock['type'], id: string): SpokenBlock | undefined {
    return this.#parts.findLast((part): part is SpokenBlock => part.type === type && part.id === id)
  }
}
