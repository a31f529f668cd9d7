import type { ThemeRegistration } from 'shiki/core'
import type { TokenKind } from './code-tokens.ts'

/** Not colours but names: the page gives each kind its token of the look. */
const marks: Record<Exclude<TokenKind, 'plain'>, { mark: string; scopes: string[] }> = {
  comment: {
    mark: '#000001',
    scopes: ['comment', 'punctuation.definition.comment', 'meta.diff.range', 'meta.diff.header'],
  },
  keyword: {
    mark: '#000002',
    scopes: [
      'keyword',
      'storage',
      'entity.name.tag',
      'support.type.property-name',
      'variable.language',
      'keyword.operator.word',
    ],
  },
  text: { mark: '#000003', scopes: ['string', 'constant', 'string.unquoted.plain.out.yaml.number'] },
  name: {
    mark: '#000004',
    scopes: ['entity.name.function', 'entity.name.type', 'support.function', 'entity.name.command'],
  },
  added: { mark: '#000005', scopes: ['markup.inserted', 'punctuation.definition.inserted'] },
  removed: { mark: '#000006', scopes: ['markup.deleted', 'punctuation.definition.deleted'] },
}

export const codeTheme: ThemeRegistration = {
  name: 'fairlead',
  type: 'light',
  fg: '#000000',
  bg: '#ffffff',
  settings: [
    { settings: { foreground: '#000000', background: '#ffffff' } },
    ...Object.values(marks).map(({ mark, scopes }) => ({ scope: scopes, settings: { foreground: mark } })),
    { scope: ['string.unquoted.plain', 'keyword.operator', 'punctuation'], settings: { foreground: '#000000' } },
  ],
}

export function kindOf(mark: string | undefined): TokenKind {
  for (const [kind, { mark: own }] of Object.entries(marks)) if (own === mark) return kind as TokenKind
  return 'plain'
}
