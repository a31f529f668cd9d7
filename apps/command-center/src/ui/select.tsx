import { ChevronDown } from 'lucide-react'
import { useId } from 'react'
import { cx } from './cx.ts'

type SelectProps<Value extends string> = {
  label: string
  value: Value
  options: readonly { value: Value; label: string }[]
  onChange: (value: Value) => void
  hasHiddenLabel?: boolean
  isDisabled?: boolean
  className?: string
}

export function Select<Value extends string>(props: SelectProps<Value>) {
  const { label, value, options, onChange, hasHiddenLabel = false, isDisabled = false, className } = props
  const id = useId()
  return (
    <div className={cx('flex min-w-0 flex-col gap-1', className)}>
      <label htmlFor={id} className={hasHiddenLabel ? 'sr-only' : 'text-sm font-medium'}>
        {label}
      </label>
      <div className="relative">
        <select
          id={id}
          value={value}
          disabled={isDisabled}
          onChange={(event) => {
            const chosen = options.find((it) => it.value === event.target.value)
            if (chosen !== undefined) onChange(chosen.value)
          }}
          className="h-8 w-full min-w-0 cursor-pointer appearance-none rounded-md border border-line-strong bg-surface pr-7 pl-2.5 text-sm text-ink disabled:opacity-55"
        >
          {options.map((it) => (
            <option key={it.value} value={it.value}>
              {it.label}
            </option>
          ))}
        </select>
        <ChevronDown
          aria-hidden="true"
          className="pointer-events-none absolute top-1/2 right-2 size-3.5 -translate-y-1/2 text-ink-3"
        />
      </div>
    </div>
  )
}
