'use client'

import { memo } from 'react'
import type { CodeToken } from './code-tokens.ts'
import { CopyButton } from './copy-button.tsx'
import { languageLabel } from './languages.ts'
import { useCodeTokens } from './use-code-tokens.ts'

type CodeBlockProps = {
  code: string
  language?: string
  /** More code comes. */
  isGrowing?: boolean
}

/** Plain at once; colours come when a worker has read the code. */
export const CodeBlock = memo(function CodeBlock({ code, language = '', isGrowing = false }: CodeBlockProps) {
  const coloured = useCodeTokens(code, language, isGrowing)
  const rest = coloured.length === 0 ? code : code.split('\n').slice(coloured.length).join('\n')
  const label = languageLabel(language)
  return (
    <figure className="overflow-hidden rounded-md border border-line bg-sunken">
      <figcaption className="flex items-center justify-between border-b border-line py-0.5 pr-1 pl-3 text-xs text-ink-3">
        <span>{label}</span>
        <CopyButton label="Copy code" text={() => code} />
      </figcaption>
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard
        tabIndex={0}
        className="max-h-75 overflow-auto px-3 py-2.5 font-mono text-[12.5px]/[1.55] wrap-normal whitespace-pre"
      >
        <code>
          {coloured.map((line, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place
            <CodeLine key={index} tokens={line} isLast={index === coloured.length - 1 && rest === ''} />
          ))}
          {rest}
        </code>
      </pre>
    </figure>
  )
})

const looks: Record<CodeToken['kind'], string | undefined> = {
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
        looks[kind] === undefined ? (
          text
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: a token is its place
          <span key={index} className={looks[kind]}>
            {text}
          </span>
        ),
      )}
      {!isLast && '\n'}
    </>
  )
})
