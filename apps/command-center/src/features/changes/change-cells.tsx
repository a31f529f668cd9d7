import type { SectionHead } from '@fairlead/contract/effect/change-sections'
import { CircleAlert } from 'lucide-react'
import { Fragment, type ReactNode } from 'react'
import { Badge } from '../../ui/badge.tsx'
import { cx } from '../../ui/cx.ts'
import { ShownValue } from '../values/shown-value.tsx'
import { VisibleText } from '../values/visible-text.tsx'
import type { ChangeRow } from './change-rows.ts'

/** Where a change is, how much it weighs, and what became of it since it was seen before. */
export function ChangePath({ row, own, taint }: { row: ChangeRow; own: string; taint: ReactNode }) {
  return (
    <span
      className={cx('flex flex-wrap items-baseline gap-x-2 gap-y-0.5', row.since?.kind === 'gone' && 'line-through')}
    >
      <span className={cx('min-w-0 wrap-anywhere', row.weight !== undefined && 'font-medium text-ink')}>
        <PathText path={own} />
      </span>
      {row.weight !== undefined && (
        <span className="inline-flex items-center gap-1 font-sans text-xs text-ask">
          <CircleAlert aria-hidden="true" className="size-3 self-center" />
          {row.weight}
        </span>
      )}
      {row.since !== undefined && (
        <span className="font-sans no-underline">
          <Badge tone="ask">{sinceWords[row.since.kind]}</Badge>
        </span>
      )}
      {taint}
    </span>
  )
}

/** What rows have in common, above them. */
export function SectionHeadText({ head: { path, name } }: { head: SectionHead }) {
  return (
    <span className="flex flex-wrap items-baseline gap-x-2">
      {name !== undefined && (
        <span className="font-sans text-sm font-medium text-ink">
          <VisibleText text={name} />
        </span>
      )}
      <span className="min-w-0 text-ink-3 wrap-anywhere">
        <PathText path={path} />
      </span>
    </span>
  )
}

/** Breaks between its steps, before it breaks within one. */
function PathText({ path }: { path: string }) {
  const steps = path.split(/(?<=\.)|(?=\[)/)
  return steps.map((step, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a step is known by its place
    <Fragment key={index}>
      {index > 0 && <wbr />}
      <VisibleText text={step} />
    </Fragment>
  ))
}

const sinceWords = { changed: 'changed since', new: 'new since', gone: 'no longer part of it' }

/** One side of a change, with its sign beside the colour. */
export function ChangeSide({ row, side, areSecretsShown }: SideProps) {
  const value = row[side]
  const former = row.since?.kind === 'changed' ? row.since[side] : undefined
  const isOther = former !== undefined && JSON.stringify(former) !== JSON.stringify(value)
  // A name hides nothing that is about to be written: it may be what would run.
  const isMasked = side === 'before' && row.isSecret && !areSecretsShown
  return (
    <span className="flex gap-1.5">
      <span aria-hidden="true" className="select-none opacity-60">
        {side === 'before' ? '−' : '+'}
      </span>
      <span className="sr-only">{side}</span>
      <span
        {...(isTall(value) && { tabIndex: 0, role: 'region', 'aria-label': `${row.label}, ${side}` })}
        className={cx(
          'min-w-0 wrap-anywhere whitespace-pre-wrap',
          isTall(value) && 'max-h-80 flex-1 overflow-auto',
          row.since?.kind === 'gone' && 'line-through',
        )}
      >
        <ShownValue value={value} other={side === 'before' ? row.after : row.before} side={side} isMasked={isMasked} />
        {isOther && (
          <s className="ml-2 opacity-70">
            <span className="sr-only">formerly </span>
            <ShownValue value={former} isMasked={isMasked} />
          </s>
        )}
      </span>
    </span>
  )
}

/** A text that would push everything else out of sight scrolls by itself. */
function isTall(value: unknown): boolean {
  return typeof value === 'string' && (value.length > 2_000 || value.split('\n').length > 20)
}

type SideProps = { row: ChangeRow; side: 'before' | 'after'; areSecretsShown: boolean }
