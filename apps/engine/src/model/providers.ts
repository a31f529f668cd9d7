import type { Provider } from './provider.ts'

/** Providers with an adapter of their own; a new one adds a line. Loaded when `LLM_MODEL` names them. */
export const providers: Readonly<Record<string, () => Promise<Provider>>> = {
  anthropic: async () => (await import('./anthropic.ts')).anthropic,
  openai: async () => (await import('./openai.ts')).openai,
}

/** For everything else that speaks the chat-completions format at `LLM_HOST`. */
export const chatCompletionsProvider = async (): Promise<Provider> =>
  (await import('./chat-completions.ts')).chatCompletions
