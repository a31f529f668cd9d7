'use client'

import { memo } from 'react'
import { cx } from '../../ui/cx.ts'
import { type LineLayout, LONG_LINE } from '../terminal-text/line-layout.ts'
import { type FoundRange, type LinePart, lineParts, type Range, rowRange } from '../terminal-text/line-parts.ts'
import type { TerminalLine } from '../terminal-text/terminal-line.ts'
import { drawnStyle } from '../terminal-text/terminal-palette.ts'
import { plainStyle } from '../terminal-text/text-style.ts'
import type { TerminalSession } from './terminal-session.ts'

export const ROW_HEIGHT = 19
/** Rows drawn beyond what is seen. */
const SPARE = 12

type TerminalRowsProps = {
  session: TerminalSession
  top: number
  height: number
  /** Lines that must stay in the document: a selection begins or ends there. */
  pinned: readonly number[]
  /** Elements keep their lines, not their places: somebody selects, or scrolls. */
  isStill: boolean
  gutterWidth: string
  version: number
}

type Row = { name: number; row: number; top: number; line: TerminalLine }

/** The rows that are seen. All are of one height, and each stands where the layout says. */
export function TerminalRows({ session, top, height, pinned, isStill, gutterWidth }: TerminalRowsProps) {
  const { layout } = session
  const rows = rowsBetween(layout, Math.floor(top / ROW_HEIGHT) - SPARE, Math.ceil((top + height) / ROW_HEIGHT) + SPARE)
  const shown = new Set(rows.map(({ name }) => name))
  for (const name of pinned) if (!shown.has(name)) rows.push(...rowsOfLine(layout, name))
  rows.sort((a, b) => a.top - b.top)
  const found = new Map<number, FoundRange[]>()
  const keyOf = ({ name, row }: Row, index: number) => (isStill ? `${name}:${row}` : index)
  return (
    <>
      <div
        aria-hidden="true"
        style={{ width: gutterWidth }}
        className="sticky left-0 z-1 h-full cursor-pointer border-r border-(--gutter-line) bg-terminal text-right text-(--quiet-ink) select-none"
      >
        {rows.map((it, index) => (
          <LineNumber key={keyOf(it, index)} {...it} number={it.line.number} isStderr={it.line.stream === 'stderr'} />
        ))}
      </div>
      {rows.map((it, index) => (
        <TerminalRow
          key={keyOf(it, index)}
          {...it}
          left={gutterWidth}
          revision={it.line.revision}
          range={rangeOf(layout, it.line, it.name, it.row)}
          found={foundIn(session, it.name, found)}
          isSelected={isSelected(session, it.name)}
          isCut={isCutAt(layout, it.line, it.name, it.row)}
          session={session}
        />
      ))}
    </>
  )
}

function rowsBetween(layout: LineLayout, from: number, to: number): Row[] {
  const rows: Row[] = []
  const first = Math.max(0, from)
  let place = layout.placeAtRow(first)
  let at = layout.firstRowOf(place)
  for (; place < layout.places && at < to; place++) {
    const line = layout.lineAt(place)
    const count = layout.rowsAt(place)
    if (line !== undefined) {
      for (let row = Math.max(0, first - at); row < count && at + row < to; row++) {
        rows.push({ name: layout.nameAt(place), row, top: at + row, line })
      }
    }
    at += count
  }
  return rows
}

function rowsOfLine(layout: LineLayout, name: number): Row[] {
  const place = layout.placeOf(name)
  const line = layout.nameAt(place) === name ? layout.lineAt(place) : undefined
  return line === undefined ? [] : [{ name, row: 0, top: layout.firstRowOf(place), line }]
}

function rangeOf({ options }: LineLayout, line: TerminalLine, name: number, row: number): Range {
  const isExpanded = options.expanded.has(name)
  if (options.isWrapped || isExpanded) {
    const range = rowRange(line, row, options.columns)
    return isExpanded || line.cells <= LONG_LINE ? range : { from: range.from, to: Math.min(range.to, LONG_LINE) }
  }
  return { from: 0, to: line.cells > LONG_LINE ? LONG_LINE : line.text.length }
}

/** Whether the row is the one that says that its line goes on. */
function isCutAt({ options }: LineLayout, line: TerminalLine, name: number, row: number): boolean {
  if (line.cells <= LONG_LINE || options.expanded.has(name)) return false
  return options.isWrapped ? row === Math.ceil(LONG_LINE / options.columns) : true
}

function foundIn({ search, current }: TerminalSession, name: number, known: Map<number, FoundRange[]>): FoundRange[] {
  const before = known.get(name)
  if (before !== undefined) return before
  const found: FoundRange[] = []
  if (search.count > 0) {
    for (let index = search.indexFrom(name); ; index++) {
      const match = search.at(index)
      if (match === undefined || match.line !== name || found.length > 500) break
      found.push({ ...match, isCurrent: current?.line === name && current.from === match.from })
    }
  }
  known.set(name, found)
  return found
}

function isSelected({ selected }: TerminalSession, name: number): boolean {
  if (selected === undefined) return false
  return name >= Math.min(selected.from, selected.to) && name <= Math.max(selected.from, selected.to)
}

type TerminalRowProps = Row & {
  left: string
  revision: number
  range: Range
  found: readonly FoundRange[]
  isSelected: boolean
  isCut: boolean
  session: TerminalSession
}

const TerminalRow = memo(function TerminalRow(props: TerminalRowProps) {
  const { line, row, range, found } = props
  const isStderr = line.stream === 'stderr'
  return (
    <div
      data-line={props.name}
      data-from={range.from}
      style={{ top: props.top * ROW_HEIGHT, left: props.left, minWidth: `calc(100% - ${props.left})` }}
      className={cx(
        'absolute h-4.75 pr-3 pl-2 leading-4.75 whitespace-pre [tab-size:8]',
        isStderr && 'bg-(--stderr-ground)',
        props.isSelected && 'bg-(--selected-ground)',
        line.stream === 'note' && 'text-(--quiet-ink) italic',
      )}
    >
      {isStderr && row === 0 && (
        <span data-length={0} className="sr-only">
          stderr:{' '}
        </span>
      )}
      {lineParts(line, range, found).map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a part is its place
        <Part key={index} part={part} />
      ))}
      {props.isCut && (
        <button
          type="button"
          data-length={0}
          onClick={() => props.session.expand(props.name)}
          className="sticky right-2 ml-2 cursor-pointer rounded-sm bg-(--mark-ground) px-1.5 font-sans text-xs text-(--mark-ink) hover:underline"
        >
          Show all {line.text.length.toLocaleString('en')} characters
        </button>
      )}
    </div>
  )
}, isSameRow)

function Part({ part: { text, style, isMark, found } }: { part: LinePart }) {
  if (found !== undefined) {
    return (
      <mark data-found={found} data-length={isMark ? 1 : undefined} className={foundClasses[found]}>
        {text}
      </mark>
    )
  }
  if (isMark) {
    return (
      <span data-length={1} className="rounded-sm bg-(--mark-ground) text-(--mark-ink)">
        {text}
      </span>
    )
  }
  return style === plainStyle ? text : <span style={drawnStyle(style)}>{text}</span>
}

const foundClasses = { one: 'bg-accent-soft text-accent', current: 'bg-accent text-accent-ink' }

function isSameRow(a: TerminalRowProps, b: TerminalRowProps): boolean {
  const isSamePlace = a.line === b.line && a.revision === b.revision && a.top === b.top && a.left === b.left
  const isSameRange = a.range.from === b.range.from && a.range.to === b.range.to
  if (!isSamePlace || !isSameRange || a.isSelected !== b.isSelected || a.isCut !== b.isCut) return false
  const isSameFound = (it: FoundRange, index: number) => {
    const other = b.found[index]
    return it.from === other?.from && it.to === other.to && it.isCurrent === other.isCurrent
  }
  return a.found.length === b.found.length && a.found.every(isSameFound)
}

type LineNumberProps = { name: number; row: number; top: number; number: number | undefined; isStderr: boolean }

/** The number of the line, and a mark where it came from stderr: a tint alone says nothing to many. */
const LineNumber = memo(function LineNumber({ name, row, top, number, isStderr }: LineNumberProps) {
  return (
    <span
      data-line={name}
      style={{ top: top * ROW_HEIGHT }}
      className={cx('absolute right-0 h-4.75 w-full pr-5 leading-4.75', isStderr && 'bg-(--stderr-ground)')}
    >
      {row === 0 ? number : '↳'}
      {isStderr && row === 0 && <span className="absolute right-1.5 text-(--stderr-mark)">E</span>}
    </span>
  )
})
