import { compareHidden, type HiddenValue, hiddenIn } from '@fairlead/contract/effect/hidden-value'
import { cx } from '../../ui/cx.ts'
import { valueText } from './value-text.ts'
import { VisibleText } from './visible-text.tsx'
import { wordChanges } from './word-changes.ts'

type ShownValueProps = {
  value: unknown
  /** The value on the other side, to mark the words that differ. */
  other?: unknown
  side?: 'before' | 'after'
  isMasked?: boolean
}

/** Below this a value is taken in at a glance, and marks would only be in the way. */
const LONG = 16

/** One value of a change or an argument. */
export function ShownValue({ value, other, side = 'after', isMasked = false }: ShownValueProps) {
  if (value === undefined) return <span className="italic">absent</span>
  const hidden = hiddenIn(value)
  if (hidden !== undefined) return <Hidden hidden={hidden} same={compareHidden(other, value)} side={side} />
  if (isMasked)
    return (
      <span>
        <span aria-hidden="true">••••••</span>
        <span className="sr-only">masked</span>
      </span>
    )
  const text = valueText(value)
  const otherText = other === undefined || hiddenIn(other) !== undefined ? undefined : valueText(other)
  if (otherText === undefined || otherText === text || Math.max(text.length, otherText.length) < LONG) {
    return <VisibleText text={text} />
  }
  const changes = side === 'after' ? wordChanges(otherText, text).after : wordChanges(text, otherText).before
  if (!changes.some(({ isChanged }) => !isChanged)) return <VisibleText text={text} />
  return changes.map(({ text: part, isChanged, at }) =>
    isChanged ? (
      <mark
        key={at}
        className={cx(
          'rounded-sm text-inherit underline decoration-1 underline-offset-2',
          side === 'after' ? 'bg-add-ink/18' : 'bg-del-ink/18',
        )}
      >
        <VisibleText text={part} />
      </mark>
    ) : (
      <VisibleText key={at} text={part} />
    ),
  )
}

type HiddenProps = {
  hidden: HiddenValue
  same: ReturnType<typeof compareHidden>
  side: 'before' | 'after'
}

/** The server keeps the value to itself; its hash tells whether it is the same. */
function Hidden({ hidden, same, side }: HiddenProps) {
  const size = hidden.bytes === undefined ? '' : `, ${hidden.bytes} bytes`
  const suffix = side === 'after' && same !== undefined ? `: ${same}` : ''
  return (
    <span
      className="italic"
      title={hidden.hash === undefined ? 'The engine does not send this value' : `Keyed hash ${hidden.hash}`}
    >
      value hidden{size}
      {suffix}
    </span>
  )
}
