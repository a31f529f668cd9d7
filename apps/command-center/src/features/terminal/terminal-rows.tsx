'use client'

import { memo } from 'react'
import { cx } from '../../ui/cx.ts'
import { type LineLayout, LONG_LINE } from './line-layout.ts'
import { type FoundRange, lineParts, type Range, rowRange } from './line-parts.ts'
import type { TerminalLine } from './terminal-line.ts'
import { drawnStyle } from './terminal-palette.ts'
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
  numberWidth: number
  version: number
}

type Row = { name: number; row: number; top: number; line: TerminalLine }

/** The rows that are seen. All are of one height, and each stands where the layout says. */
export function TerminalRows({ session, top, height, pinned, numberWidth }: TerminalRowsProps) {
  const { layout } = session
  const rows = rowsBetween(layout, Math.floor(top / ROW_HEIGHT) - SPARE, Math.ceil((top + height) / ROW_HEIGHT) + SPARE)
  const shown = new Set(rows.map(({ name }) => name))
  for (const name of pinned) if (!shown.has(name)) rows.push(...rowsOfLine(layout, name))
  rows.sort((a, b) => a.top - b.top)
  const found = new Map<number, FoundRange[]>()
  return rows.map(({ name, row, top: at, line }) => (
    <TerminalRow
      key={`${name}:${row}`}
      name={name}
      row={row}
      top={at}
      line={line}
      textLength={line.text.length}
      range={rangeOf(layout, line, name, row)}
      found={foundIn(session, name, found)}
      isSelected={isSelected(session, name)}
      numberWidth={numberWidth}
      isCut={isCutAt(layout, line, name, row)}
      onExpand={() => session.expand(name)}
    />
  ))
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

type TerminalRowProps = {
  name: number
  row: number
  top: number
  line: TerminalLine
  /** Lines grow in place: their length says that they did. */
  textLength: number
  range: Range
  found: readonly FoundRange[]
  isSelected: boolean
  numberWidth: number
  isCut: boolean
  onExpand: () => void
}

const TerminalRow = memo(function TerminalRow(props: TerminalRowProps) {
  const { line, row, range, isCut } = props
  const isStderr = line.stream === 'stderr'
  return (
    <div
      data-line={props.name}
      data-from={range.from}
      style={{ top: props.top * ROW_HEIGHT, height: ROW_HEIGHT }}
      className={cx(
        'absolute left-0 flex w-max min-w-full leading-4.75',
        isStderr && 'bg-(--stderr-ground)',
        props.isSelected && 'bg-(--selected-ground)',
      )}
    >
      <Gutter line={line} row={row} numberWidth={props.numberWidth} />
      {isStderr && row === 0 && <span className="sr-only">stderr: </span>}
      <span
        data-text
        className={cx('pr-3 pl-2 whitespace-pre [tab-size:8]', line.stream === 'note' && 'text-(--quiet-ink) italic')}
      >
        {lineParts(line, range, props.found).map((part, index) => (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: a part is its place
            key={index}
            data-length={part.isMark ? 1 : undefined}
            data-found={part.found}
            style={part.found === undefined ? drawnStyle(part.style) : undefined}
            className={cx(
              part.isMark && 'rounded-sm bg-(--mark-ground) text-(--mark-ink)',
              part.found === 'one' && 'bg-accent-soft text-accent',
              part.found === 'current' && 'bg-accent text-accent-ink',
            )}
          >
            {part.text}
          </span>
        ))}
        {isCut && (
          <button
            type="button"
            onClick={props.onExpand}
            className="sticky right-2 ml-2 cursor-pointer rounded-sm bg-(--mark-ground) px-1.5 font-sans text-xs text-(--mark-ink) hover:underline"
          >
            Show all {line.text.length.toLocaleString('en')} characters
          </button>
        )}
      </span>
    </div>
  )
}, isSameRow)

function isSameRow(a: TerminalRowProps, b: TerminalRowProps): boolean {
  return (
    a.line === b.line &&
    a.textLength === b.textLength &&
    a.top === b.top &&
    a.row === b.row &&
    a.range.from === b.range.from &&
    a.range.to === b.range.to &&
    a.isSelected === b.isSelected &&
    a.numberWidth === b.numberWidth &&
    a.isCut === b.isCut &&
    a.found.length === b.found.length &&
    a.found.every(
      (it, i) => it.from === b.found[i]?.from && it.to === b.found[i]?.to && it.isCurrent === b.found[i]?.isCurrent,
    )
  )
}

/** The number of the line, and a mark where it came from stderr: a tint alone says nothing to many. */
function Gutter({ line, row, numberWidth }: { line: TerminalLine; row: number; numberWidth: number }) {
  const isStderr = line.stream === 'stderr'
  return (
    <span
      data-gutter
      aria-hidden="true"
      style={{ width: `calc(${numberWidth}ch + 2.25rem)` }}
      className={cx(
        'sticky left-0 z-1 flex shrink-0 cursor-pointer justify-end gap-1.5 border-r border-(--gutter-line) pr-1.5 pl-2 text-right text-(--quiet-ink) select-none',
        isStderr ? 'bg-(--stderr-ground)' : 'bg-terminal',
      )}
    >
      <span>{row === 0 ? line.number : '↳'}</span>
      <span className="w-2.5 text-(--stderr-mark)">{isStderr && row === 0 ? 'E' : ''}</span>
    </span>
  )
}
