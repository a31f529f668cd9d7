'use client'

import { memo } from 'react'
import type { CodeToken } from './code-tokens.ts'
import { useCodeTokens } from './use-code-tokens.ts'

type ColouredCodeProps = { code: string; language: string; isGrowing: boolean }

/** Plain at first; colours come when a worker has read the code. */
export function ColouredCode({ code, language, isGrowing }: ColouredCodeProps) {
  const coloured = useCodeTokens(code, language, isGrowing)
  const rest = coloured.length === 0 ? code : code.split('\n').slice(coloured.length).join('\n')
  return (
    <>
      {coloured.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place
        <CodeLine key={index} tokens={line} isLast={index === coloured.length - 1 && rest === ''} />
      ))}
      {rest}
    </>
  )
}

const kindClasses: Record<CodeToken['kind'], string | undefined> = {
  plain: undefined,
  keyword: 'text-accent',
  text: 'text-info',
  name: 'font-medium',
  comment: 'text-ink-3 italic',
  added: 'bg-add text-add-ink',
  removed: 'bg-del text-del-ink',
}

const CodeLine = memo(function CodeLine({ tokens, isLast }: { tokens: readonly CodeToken[]; isLast: boolean }) {
  return (
    <>
      {tokens.map(({ text, kind }, index) =>
        kindClasses[kind] === undefined ? (
          text
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: a token is its place
          <span key={index} className={kindClasses[kind]}>
            {text}
          </span>
        ),
      )}
      {!isLast && '\n'}
    </>
  )
})
