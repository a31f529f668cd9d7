'use client'

import type { TaintMark as Taint } from '@fairlead/contract/call/call'
import { useMemo, useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { type ArgumentLine, argumentLines } from './argument-lines.ts'
import { LongText } from './long-text.tsx'
import { type SourceOf, TaintMark } from './taint-mark.tsx'
import { VisibleText } from './visible-text.tsx'

type ArgumentsViewProps = {
  args: unknown
  taint: readonly Taint[]
  sourceOf?: SourceOf
  fileName: string
  /** They may be what would run, so a name hides nothing of them. */
  isOfWrite?: boolean
}

const MAX_LINES = 200

/** What is sent, exactly. */
export function ArgumentsView({ args, taint, sourceOf, fileName, isOfWrite = false }: ArgumentsViewProps) {
  const lines = useMemo(() => argumentLines(args), [args])
  const [isRevealed, setSecretsShown] = useState(false)
  const areSecretsShown = isOfWrite || isRevealed
  if (lines.length === 0) return <p className="text-sm text-ink-3">No arguments.</p>
  const secrets = lines.filter(({ parts }) => parts.some(({ isSecret }) => isSecret)).length
  const text = (line: ArgumentLine) =>
    '  '.repeat(line.indent) +
    line.parts.map((part) => (part.isSecret && !areSecretsShown ? '••••••' : part.text)).join('')
  return (
    <div className="flex flex-col gap-1.5">
      {secrets > 0 && !isOfWrite && (
        <div className="flex items-center justify-end gap-2 text-xs text-ink-3">
          {secrets === 1 ? '1 masked line' : `${secrets} masked lines`}
          <Button variant="quiet" size="s" onClick={() => setSecretsShown(!areSecretsShown)}>
            {areSecretsShown ? 'Mask values' : 'Show masked values'}
          </Button>
        </div>
      )}
      {lines.length > MAX_LINES ? (
        <LongText label="Arguments" text={lines.map(text).join('\n')} fileName={fileName} />
      ) : (
        <section
          aria-label="Arguments"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
          tabIndex={0}
          className="max-h-120 overflow-auto rounded-md border border-line bg-sunken px-2.5 py-1.5 font-mono text-[12.2px] leading-relaxed"
        >
          {lines.map((line, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a line is known by its place
            <div key={index} className="min-h-5 wrap-anywhere whitespace-pre-wrap">
              <VisibleText text={text(line)} />
              {marksOf(line, taint).map((it) => (
                <span key={it.source_call_id} className="ml-2">
                  <TaintMark taint={it} sourceOf={sourceOf} />
                </span>
              ))}
            </div>
          ))}
        </section>
      )}
    </div>
  )
}

function marksOf({ path }: ArgumentLine, taint: readonly Taint[]): readonly Taint[] {
  return path === undefined ? [] : taint.filter((it) => it.path === path)
}
