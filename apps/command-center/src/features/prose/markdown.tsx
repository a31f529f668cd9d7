'use client'

import { lazy, memo, Suspense, useDeferredValue, useMemo, useRef } from 'react'
import { LoadBoundary } from '../../ui/loading/load-boundary.tsx'
import { CodeBlock } from '../code/code-block.tsx'
import { completeTail } from './complete-tail.ts'
import { definitionsFor, findDefinitions } from './definitions.ts'
import { hasMarks } from './has-marks.ts'
import { type Block, growBlocks, splitBlocks } from './split-blocks.ts'

/** The parser comes with the first text that needs it: words alone are a paragraph. */
const MarkdownBlock = lazy(async () => ({ default: (await import('./markdown-block.tsx')).MarkdownBlock }))

/** Blocks that are drawn in one go. */
const AT_ONCE = 12

type MarkdownProps = {
  text: string
  /** More text comes. */
  isStreaming?: boolean
}

/**
 * Text of the model: CommonMark and GFM, never HTML, nothing loaded from anywhere. Block by block, so that a growing
 * text costs what its last block costs.
 */
export function Markdown({ text, isStreaming = false }: MarkdownProps) {
  const blocks = useBlocks(text)
  const definitions = useMemo(() => findDefinitions(blocks), [blocks])
  const last = blocks.length - 1
  // Of a very long text the end is drawn first, the rest in portions that hold nothing up.
  const isWhole = useDeferredValue(true, blocks.length <= AT_ONCE)
  return (
    <div className="space-y-2.5 wrap-anywhere">
      {blocks.map((block, index) =>
        !isWhole && index < blocks.length - AT_ONCE ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: a block is its place
          <div key={index} style={{ height: heightOf(block) }} />
        ) : (
          <BlockView
            // Blocks are only ever appended, and the last ones replaced by what they became.
            // biome-ignore lint/suspicious/noArrayIndexKey: a block is its place
            key={index}
            kind={block.kind}
            text={shownText(block, isStreaming && index === last)}
            language={block.kind === 'code' ? block.language : ''}
            isOpen={block.kind === 'code' && block.isOpen && isStreaming}
            definitions={definitionsFor(block, definitions)}
          />
        ),
      )}
    </div>
  )
}

/** About as high as the block will be. */
function heightOf({ kind, text }: Block): number {
  const lines = text.split('\n').length
  return kind === 'code' ? Math.min(340, 40 + lines * 19) : Math.max(lines, Math.ceil(text.length / 110)) * 22
}

function shownText(block: Block, isLastOfStream: boolean): string {
  if (block.kind === 'flow') return isLastOfStream ? completeTail(block.text) : block.text
  // A fence that is about to close is not code yet.
  return isLastOfStream && block.isOpen ? block.code.replace(/(?:^|\n) {0,3}(?:`{1,2}|~{1,2})$/, '') : block.code
}

type BlockViewProps = { kind: Block['kind']; text: string; language: string; isOpen: boolean; definitions: string }

const BlockView = memo(function BlockView({ kind, text, language, isOpen, definitions }: BlockViewProps) {
  if (kind === 'code') return <CodeBlock code={text} language={language} isGrowing={isOpen} />
  if (text === '') return null
  if (!hasMarks(text)) return <p>{text}</p>
  const plain = <p className="whitespace-pre-wrap">{text}</p>
  return (
    <LoadBoundary fallback={plain}>
      <Suspense fallback={plain}>
        <MarkdownBlock text={definitions === '' ? text : `${text}\n\n${definitions}`} />
      </Suspense>
    </LoadBoundary>
  )
})

function useBlocks(text: string): Block[] {
  const cache = useRef<{ text: string; blocks: Block[] } | undefined>(undefined)
  if (cache.current?.text !== text) {
    cache.current = { text, blocks: cache.current === undefined ? splitBlocks(text) : growBlocks(cache.current, text) }
  }
  return cache.current.blocks
}
