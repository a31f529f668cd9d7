import { createSignal } from '../create-signal.ts'

export type ToastAction = { label: string; onSelect: () => void } | { label: string; href: string }
export type ToastInput = {
  tone: 'success' | 'error' | 'warning' | 'info'
  text: string
  action?: ToastAction
  /** Stays until somebody closes it. */
  isSticky?: boolean
}
export type ToastEntry = ToastInput & { id: number }

export const toasts = createSignal<readonly ToastEntry[]>([])

let lastId = 0

/** Newest on top; the same text that is still shown is not shown twice. Returns what closes it. */
export function toast(input: ToastInput): () => void {
  lastId += 1
  const id = lastId
  const others = toasts.get().filter((it) => it.text !== input.text || it.tone !== input.tone)
  toasts.set([{ ...input, id }, ...others].slice(0, 5))
  return () => closeToast(id)
}

export function closeToast(id: number): void {
  toasts.set(toasts.get().filter((it) => it.id !== id))
}
