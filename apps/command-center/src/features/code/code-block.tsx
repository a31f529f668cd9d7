'use client'

import { lazy, memo, Suspense } from 'react'
import { CopyButton } from '../../ui/copy-button.tsx'
import { LoadBoundary } from '../../ui/loading/load-boundary.tsx'
import { languageLabel, languageOf } from './languages.ts'

/** Comes with the first code in a language that has colours. */
const ColouredCode = lazy(async () => ({ default: (await import('./coloured-code.tsx')).ColouredCode }))

type CodeBlockProps = {
  code: string
  language?: string
  /** More code comes. */
  isGrowing?: boolean
}

/** Code that can be copied, plain at once. */
export const CodeBlock = memo(function CodeBlock({ code, language = '', isGrowing = false }: CodeBlockProps) {
  return (
    <figure className="overflow-hidden rounded-md border border-line bg-sunken">
      <figcaption className="flex items-center justify-between border-b border-line py-0.5 pr-1 pl-3 text-xs text-ink-3">
        <span>{languageLabel(language)}</span>
        <CopyButton label="Copy code" text={() => code} />
      </figcaption>
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard
        tabIndex={0}
        className="max-h-75 overflow-auto px-3 py-2.5 font-mono text-[12.5px]/[1.55] wrap-normal whitespace-pre"
      >
        <code>
          {languageOf(language) === undefined ? (
            code
          ) : (
            <LoadBoundary fallback={code}>
              <Suspense fallback={code}>
                <ColouredCode code={code} language={language} isGrowing={isGrowing} />
              </Suspense>
            </LoadBoundary>
          )}
        </code>
      </pre>
    </figure>
  )
})
