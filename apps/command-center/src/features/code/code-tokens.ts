import type { Language } from './languages.ts'

export type TokenKind = 'plain' | 'keyword' | 'text' | 'name' | 'comment' | 'added' | 'removed'
export type CodeToken = { text: string; kind: TokenKind }

export type CodeRequest = { id: number; code: string; language: Language }
/** Lines from `from` on; those before it are as they were in the answer before. */
export type CodeAnswer = { id: number; from: number; lines: CodeToken[][] }
