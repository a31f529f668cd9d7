import { cx } from '../../ui/cx.ts'
import { Tooltip } from '../../ui/overlay/tooltip.tsx'
import type { UsageFigure } from './usage-figures.ts'

export function UsageLine({ figures, className }: { figures: readonly UsageFigure[]; className?: string }) {
  return (
    <ul
      aria-label="Token usage"
      className={cx('flex flex-wrap gap-x-2.5 gap-y-0.5 font-mono text-[11px] text-ink-3 tabular-nums', className)}
    >
      {figures.map(({ text, title, tone }) => (
        <li key={title.replace(/[\d.,]+/g, '')}>
          <Tooltip text={title}>
            <span className={cx(tone === 'accent' && 'text-accent')}>
              <span aria-hidden="true">{text}</span>
              <span className="sr-only">{title}</span>
            </span>
          </Tooltip>
        </li>
      ))}
    </ul>
  )
}
