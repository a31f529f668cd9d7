import {
  createHighlighterCoreSync,
  type GrammarState,
  type HighlighterCore,
  type LanguageRegistration,
} from 'shiki/core'
import { createJavaScriptRegexEngine } from 'shiki/engine/javascript'
import { codeTheme, kindOf } from './code-theme.ts'
import type { CodeAnswer, CodeRequest, CodeToken } from './code-tokens.ts'
import type { Language } from './languages.ts'

const grammars: Record<Language, () => Promise<{ default: LanguageRegistration[] }>> = {
  yaml: () => import('shiki/langs/yaml.mjs'),
  json: () => import('shiki/langs/json.mjs'),
  bash: () => import('shiki/langs/bash.mjs'),
  go: () => import('shiki/langs/go.mjs'),
  python: () => import('shiki/langs/python.mjs'),
  typescript: () => import('shiki/langs/typescript.mjs'),
  diff: () => import('shiki/langs/diff.mjs'),
  sql: () => import('shiki/langs/sql.mjs'),
}

/** How many blocks are remembered line by line. */
const REMEMBERED = 12

type ReadLine = { source: string; tokens: CodeToken[]; after: GrammarState | undefined }

/** Reads code line by line; of a block it has seen before, only from the first line that changed. */
export class CodeTokenizer {
  private readonly highlighter: HighlighterCore = createHighlighterCoreSync({
    themes: [codeTheme],
    langs: [],
    engine: createJavaScriptRegexEngine({ forgiving: true }),
  })
  private readonly read = new Map<number, ReadLine[]>()

  async answer({ id, code, language }: CodeRequest): Promise<CodeAnswer> {
    if (!this.highlighter.getLoadedLanguages().includes(language)) {
      await this.highlighter.loadLanguage((await grammars[language]()).default)
    }
    const sources = code.split('\n')
    const known = this.read.get(id) ?? []
    let from = 0
    while (from < known.length && known[from]?.source === sources[from]) from += 1
    const lines = known.slice(0, from)
    for (const source of sources.slice(from)) lines.push(this.readLine(source, language, lines.at(-1)?.after))
    this.remember(id, lines)
    return { id, from, lines: lines.slice(from).map(({ tokens }) => tokens) }
  }

  private readLine(source: string, language: Language, before: GrammarState | undefined): ReadLine {
    const options = { lang: language, theme: codeTheme.name ?? '', grammarState: before, tokenizeMaxLineLength: 2_000 }
    const result = this.highlighter.codeToTokensBase(source, options)
    const tokens = (result[0] ?? []).map(({ content, color }) => ({
      text: content,
      kind: kindOf(color?.toLowerCase()),
    }))
    return { source, tokens: merged(tokens), after: this.highlighter.getLastGrammarState(result) }
  }

  private remember(id: number, lines: ReadLine[]): void {
    this.read.delete(id)
    this.read.set(id, lines)
    const oldest = this.read.keys().next().value
    if (this.read.size > REMEMBERED && oldest !== undefined) this.read.delete(oldest)
  }
}

function merged(tokens: CodeToken[]): CodeToken[] {
  const out: CodeToken[] = []
  for (const token of tokens) {
    const last = out.at(-1)
    if (last?.kind === token.kind) last.text += token.text
    else out.push({ ...token })
  }
  return out
}
