'use client'

import { CircleAlert, CircleCheck, Info, TriangleAlert, X } from 'lucide-react'
import { cx } from '../cx.ts'
import { PageLink } from '../page-link.tsx'
import type { ToastAction, ToastTone } from './toast-input.ts'

type ToastCardProps = {
  tone: ToastTone
  text: string
  action?: ToastAction | undefined
  onClose: () => void
  onFocus: () => void
  onBlur: () => void
}

const icons = {
  success: { Icon: CircleCheck, className: 'text-good' },
  error: { Icon: CircleAlert, className: 'text-loss' },
  warning: { Icon: TriangleAlert, className: 'text-ink-2' },
  info: { Icon: Info, className: 'text-info' },
}
const actionClasses = 'shrink-0 cursor-pointer rounded-sm px-1 py-0.5 font-medium text-accent hover:underline'

/** What one toast says and offers. Where it stands, and for how long, is the library's part. */
export function ToastCard({ tone, text, action, onClose, onFocus, onBlur }: ToastCardProps) {
  const { Icon, className } = icons[tone]
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: focus only holds the time; Dismiss closes it for everybody
    <div
      onFocus={onFocus}
      onBlur={onBlur}
      className="flex items-start gap-2 rounded-md border border-line bg-raised py-2 pr-2 pl-3 font-sans text-sm text-ink shadow-card"
    >
      <Icon aria-hidden="true" className={cx('mt-1 size-4 shrink-0', className)} />
      <p role={tone === 'error' ? 'alert' : 'status'} className="min-w-0 flex-1 py-0.5 wrap-anywhere">
        {text}
      </p>
      {action !== undefined &&
        ('href' in action ? (
          <PageLink href={action.href} onClick={onClose} className={actionClasses}>
            {action.label}
          </PageLink>
        ) : (
          <button
            type="button"
            className={actionClasses}
            onClick={() => {
              action.onSelect()
              onClose()
            }}
          >
            {action.label}
          </button>
        ))}
      <button
        type="button"
        aria-label="Dismiss"
        onClick={onClose}
        className="inline-flex size-6 shrink-0 cursor-pointer items-center justify-center rounded-sm text-ink-3 hover:bg-ink/6 hover:text-ink"
      >
        <X aria-hidden="true" className="size-3.5" />
      </button>
    </div>
  )
}
