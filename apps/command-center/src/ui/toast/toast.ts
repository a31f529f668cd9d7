import { createSignal } from '../create-signal.ts'
import { announce } from './announce.ts'
import type { ToastInput } from './toast-input.ts'

/** Whether there was a toast: what draws them is loaded with the first. */
export const hasToasts = createSignal(false)

/** Shows a short text in the corner of the page. Returns what closes it. */
export function toast(input: ToastInput): () => void {
  let isClosed = false
  let close = () => {
    isClosed = true
  }
  hasToasts.set(true)
  import('./show-toast.tsx').then(
    ({ showToast }) => {
      if (!isClosed) close = showToast(input)
    },
    // It cannot be loaded, as after a new version was installed: a screen reader still says it.
    () => announce(input.text, input.tone === 'error' ? 'assertive' : 'polite'),
  )
  return () => close()
}
