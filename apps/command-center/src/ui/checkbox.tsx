import { Check } from 'lucide-react'
import type { ComponentProps, ReactNode } from 'react'
import { cx } from './cx.ts'

type CheckboxProps = Omit<ComponentProps<'input'>, 'type'> & { label: ReactNode; hasHiddenLabel?: boolean }

export function Checkbox({ label, hasHiddenLabel = false, className, ...rest }: CheckboxProps) {
  return (
    <label
      className={cx(
        'inline-flex min-h-6 min-w-6 cursor-pointer items-center gap-2 text-sm has-disabled:cursor-not-allowed has-disabled:opacity-55',
        hasHiddenLabel && 'justify-center',
        className,
      )}
    >
      <span className="relative inline-flex size-4 shrink-0">
        <input
          {...rest}
          type="checkbox"
          className="peer size-4 cursor-[inherit] appearance-none rounded-sm border-[1.5px] border-ink-3 bg-surface checked:border-accent checked:bg-accent"
        />
        <Check
          aria-hidden="true"
          strokeWidth={3}
          className="pointer-events-none absolute inset-0.5 hidden size-3 text-accent-ink peer-checked:block"
        />
      </span>
      <span className={hasHiddenLabel ? 'sr-only' : undefined}>{label}</span>
    </label>
  )
}
