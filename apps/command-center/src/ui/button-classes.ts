import { cx } from './cx.ts'

export type ButtonVariant = 'primary' | 'secondary' | 'quiet' | 'danger'
export type ButtonSize = 'm' | 's'

const variants: Record<ButtonVariant, string> = {
  primary: 'border-transparent bg-accent text-accent-ink hover:not-disabled:bg-accent/90',
  secondary: 'border-line-strong bg-surface text-ink hover:not-disabled:bg-sunken',
  quiet: 'border-transparent text-ink-2 hover:not-disabled:bg-ink/6 hover:not-disabled:text-ink',
  danger: 'border-loss/50 bg-surface text-loss hover:not-disabled:bg-loss-soft',
}
const sizes: Record<ButtonSize, string> = {
  m: 'h-8 gap-2 px-3 text-sm',
  s: 'h-6.5 gap-1.5 px-2 text-xs',
}

/** Classes of a button, or of a link that is drawn as one. */
export function buttonClasses(variant: ButtonVariant, size: ButtonSize, className?: string): string {
  return cx(
    'inline-flex shrink-0 cursor-pointer items-center justify-center rounded-md border font-medium whitespace-nowrap',
    'transition-colors duration-120 disabled:cursor-not-allowed disabled:opacity-55',
    'aria-disabled:cursor-not-allowed aria-disabled:opacity-55',
    variants[variant],
    sizes[size],
    className,
  )
}
