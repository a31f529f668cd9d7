import type { LanguageModelV4StreamPart, SharedV4ProviderMetadata } from '@ai-sdk/provider'
import { TextBuilder } from '@fairlead/agent/text-builder'

export type TurnPart = { providerMetadata?: SharedV4ProviderMetadata } & (
  | { type: 'text'; text: string }
  | { type: 'reasoning'; text: string }
  | { type: 'tool-call'; toolCallId: string; toolName: string; input: string }
)
/** What an assistant said, in the provider's order, with the signatures it wants back. Plain JSON. */
export type TurnContent = TurnPart[]

type SpokenBlock = { type: 'text' | 'reasoning'; text: TextBuilder; providerMetadata?: SharedV4ProviderMetadata }
type CallPart = TurnPart & { type: 'tool-call' }

/** Joins the pieces of one streamed turn into its content. */
export class TurnContentBuilder {
  readonly #parts: (SpokenBlock | CallPart)[] = []
  /** Texts and thoughts still growing, by the id of their block. */
  readonly #open = new Map<string, SpokenBlock>()

  add(part: LanguageModelV4StreamPart): void {
    switch (part.type) {
      case 'text-start':
      case 'reasoning-start': {
        const type = part.type === 'text-start' ? 'text' : 'reasoning'
        const block: SpokenBlock = { type, text: new TextBuilder(), providerMetadata: part.providerMetadata }
        this.#parts.push(block)
        this.#open.set(`${type} ${part.id}`, block)
        return
      }
      case 'text-delta':
      case 'reasoning-delta':
      case 'text-end':
      case 'reasoning-end': {
        const block = this.#open.get(`${part.type.startsWith('text') ? 'text' : 'reasoning'} ${part.id}`)
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
    return this.#parts.map((part) => (part.type === 'tool-call' ? part : { ...part, text: part.text.toString() }))
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
}
