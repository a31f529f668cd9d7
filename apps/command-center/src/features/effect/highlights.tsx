'use client'

import type { Highlight } from '@fairlead/contract/effect/effect'
import { highlightsMissing } from '@fairlead/contract/effect/effect-words'
import { readablePath } from '@fairlead/contract/effect/readable-path'
import { CircleAlert } from 'lucide-react'
import { objectName } from '../values/object-name.ts'
import { VisibleText } from '../values/visible-text.tsx'
import type { KnownEffect } from './known-effect.ts'
import { Warning } from './risk-line.tsx'

/** Longer facts have a box of their own. */
const SHORT = 240

type HighlightsProps = {
  effect: KnownEffect
  /** Leads to the change; absent where none is drawn beside it. */
  onShow?: (highlight: Highlight) => void
}

/** What a person must not miss: before everything else, whole, and never folded. */
export function Highlights({ effect, onShow }: HighlightsProps) {
  const { highlights } = effect
  if (highlights === undefined) return <Warning>{highlightsMissing}.</Warning>
  if (highlights.length === 0) return null
  return (
    <ul aria-label="Stands out" className="flex flex-col gap-1 rounded-md border border-ask-line px-3 py-1.5 text-sm">
      {highlights.map((highlight, index) => {
        const isText = highlight.fact.length > SHORT || highlight.fact.trimEnd().includes('\n')
        const place = <Place {...{ highlight, effect, onShow }} />
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a highlight is known by its place in the list
          <li key={index} className="flex items-start gap-2">
            <CircleAlert aria-hidden="true" className="mt-0.75 size-3.5 shrink-0 text-ask" />
            <div className="flex min-w-0 flex-1 flex-wrap items-baseline gap-x-2.5">
              {isText ? (
                <>
                  {place}
                  <Script text={highlight.fact} />
                </>
              ) : (
                <>
                  <span className="min-w-0 font-medium wrap-anywhere">
                    <VisibleText text={highlight.fact} />
                  </span>
                  {place}
                </>
              )}
            </div>
          </li>
        )
      })}
    </ul>
  )
}

function Place({ highlight, effect, onShow }: HighlightsProps & { highlight: Highlight }) {
  const { object, path } = highlight
  const of = effect.objects[object]
  const at = path === '' ? '' : readablePath(path, of?.elements)
  const owner = effect.objects.length > 1 && of !== undefined ? `${objectName(of)} ` : ''
  const words = `${owner}${at}`.trim()
  if (words === '') return null
  const text = <VisibleText text={words} />
  const classes = 'min-w-0 font-mono text-xs wrap-anywhere'
  if (onShow === undefined) return <span className={`${classes} text-ink-3`}>{text}</span>
  return (
    <button
      type="button"
      onClick={() => onShow(highlight)}
      className={`${classes} cursor-pointer rounded-sm text-left text-accent underline-offset-2 hover:underline`}
    >
      {text}
    </button>
  )
}

/** All of what would run, in a box that scrolls. */
function Script({ text }: { text: string }) {
  const count = text.trimEnd().split('\n').length
  const lines = count === 1 ? '1 long line' : `${count} lines`
  return (
    <>
      <span className="text-xs text-ink-3">{lines}</span>
      <section
        aria-label={`Whole text, ${lines}`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
        tabIndex={0}
        className="mt-1 max-h-80 w-full overflow-auto rounded-md bg-sunken px-2.5 py-1.5 font-mono text-[12.2px] leading-relaxed wrap-anywhere whitespace-pre-wrap"
      >
        <VisibleText text={text} />
      </section>
    </>
  )
}
