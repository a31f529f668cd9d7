export type ToastTone = 'success' | 'error' | 'warning' | 'info'
export type ToastAction = { label: string; onSelect: () => void } | { label: string; href: string }
export type ToastInput = {
  tone: ToastTone
  text: string
  action?: ToastAction
  /** Stays until somebody closes it. */
  isSticky?: boolean
}
