'use client'

import { CircleAlert, CircleCheck, Info, TriangleAlert, X } from 'lucide-react'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { cx } from '../cx.ts'
import { PageLink } from '../page-link.tsx'
import { closeToast, type ToastEntry, toasts } from './toast.ts'

const icons = {
  success: { Icon: CircleCheck, className: 'text-good' },
  error: { Icon: CircleAlert, className: 'text-loss' },
  warning: { Icon: TriangleAlert, className: 'text-ink-2' },
  info: { Icon: Info, className: 'text-info' },
}
const none: readonly ToastEntry[] = []

/** Placed once, at the end of the page. */
export function Toasts() {
  const entries = useSyncExternalStore(toasts.subscribe, toasts.get, () => none)
  return (
    <section
      aria-label="Notifications"
      className="pointer-events-none fixed top-3 right-3 z-50 flex w-90 max-w-[calc(100vw-1.5rem)] flex-col gap-2"
    >
      {entries.map((it) => (
        <Toast key={it.id} entry={it} />
      ))}
    </section>
  )
}

function Toast({ entry }: { entry: ToastEntry }) {
  const { id, tone, text, action, isSticky = false } = entry
  const [isHeld, setHeld] = useState(false)
  useEffect(() => {
    if (isSticky || isHeld) return
    const timer = setTimeout(() => closeToast(id), 3500)
    return () => clearTimeout(timer)
  }, [id, isSticky, isHeld])
  const close = () => closeToast(id)
  const { Icon, className } = icons[tone]
  const actionLook = 'shrink-0 cursor-pointer rounded-sm px-1 py-0.5 font-medium text-accent hover:underline'
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the pointer only holds the time; Dismiss closes it for everybody
    <div
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
      className="pointer-events-auto flex items-start gap-2 rounded-md border border-line bg-raised py-2 pr-2 pl-3 text-sm shadow-card motion-safe:animate-rise-in"
    >
      <Icon aria-hidden="true" className={cx('mt-1 size-4 shrink-0', className)} />
      <p role={tone === 'error' ? 'alert' : 'status'} className="min-w-0 flex-1 py-0.5 wrap-anywhere">
        {text}
      </p>
      {action !== undefined &&
        ('href' in action ? (
          <PageLink href={action.href} onClick={close} className={actionLook}>
            {action.label}
          </PageLink>
        ) : (
          <button
            type="button"
            className={actionLook}
            onClick={() => {
              action.onSelect()
              close()
            }}
          >
            {action.label}
          </button>
        ))}
      <button
        type="button"
        aria-label="Dismiss"
        onClick={close}
        className="inline-flex size-6 shrink-0 cursor-pointer items-center justify-center rounded-sm text-ink-3 hover:bg-ink/6 hover:text-ink"
      >
        <X aria-hidden="true" className="size-3.5" />
      </button>
    </div>
  )
}
