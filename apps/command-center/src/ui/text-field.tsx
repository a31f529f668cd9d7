import { type ComponentProps, useId } from 'react'
import { cx } from './cx.ts'

type TextFieldProps = ComponentProps<'input'> & {
  label: string
  hint?: string
  error?: string
  /** The label is the accessible name alone, where the place says what the field is. */
  hasHiddenLabel?: boolean
}

export function TextField({ label, hint, error, hasHiddenLabel = false, id, className, ...rest }: TextFieldProps) {
  const ownId = useId()
  const inputId = id ?? ownId
  // An error says what the hint said, and more.
  const isHinting = hint !== undefined && error === undefined
  const described = [
    error !== undefined && `${inputId}-error`,
    isHinting && `${inputId}-hint`,
    rest['aria-describedby'],
  ].filter(Boolean)
  return (
    <div className={cx('flex min-w-0 flex-col gap-1', className)}>
      <label htmlFor={inputId} className={hasHiddenLabel ? 'sr-only' : 'text-sm font-medium'}>
        {label}
      </label>
      <input
        {...rest}
        id={inputId}
        aria-invalid={error !== undefined || undefined}
        aria-describedby={described.join(' ') || undefined}
        className={cx(
          'h-8 w-full min-w-0 rounded-md border bg-surface px-2.5 text-sm text-ink placeholder:text-ink-3',
          'disabled:opacity-55',
          error === undefined ? 'border-line-strong' : 'border-loss',
        )}
      />
      {error !== undefined && (
        <p id={`${inputId}-error`} className="text-xs text-loss">
          {error}
        </p>
      )}
      {isHinting && (
        <p id={`${inputId}-hint`} className="text-xs text-ink-3">
          {hint}
        </p>
      )}
    </div>
  )
}
