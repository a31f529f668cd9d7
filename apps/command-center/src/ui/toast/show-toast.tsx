import { toast as sonner } from 'sonner'
import { ToastCard } from './toast-card.tsx'
import type { ToastInput } from './toast-input.ts'

/** How many toasts stand on the screen at once. */
export const MAX_TOASTS = 5
const DURATION_MS = 3500

let lastNumber = 0

/** Newest on top; the same text that is still shown is not shown twice. Returns what closes it. */
export function showToast(input: ToastInput): () => void {
  const content = `${input.tone} ${input.text}`
  const isSame = (id: string | number) => String(id).endsWith(` ${content}`)
  for (const { id } of sonner.getToasts()) if (isSame(id)) sonner.dismiss(id)
  for (const { id } of sonner.getToasts().slice(0, 1 - MAX_TOASTS)) sonner.dismiss(id)
  lastNumber += 1
  const id = `${lastNumber} ${content}`
  show(id, input)
  return () => void sonner.dismiss(id)
}

/** Shows the toast, or changes how long it stays: it does not go while the focus is in it. */
function show(id: string, input: ToastInput, hasFocus = false): void {
  const changeFocus = (to: boolean) => {
    // A toast that is on its way out is not shown again.
    if (sonner.getToasts().some((it) => it.id === id)) show(id, input, to)
  }
  sonner.custom(
    () => (
      <ToastCard
        {...input}
        onClose={() => sonner.dismiss(id)}
        onFocus={() => changeFocus(true)}
        onBlur={() => changeFocus(false)}
      />
    ),
    { id, duration: input.isSticky || hasFocus ? Number.POSITIVE_INFINITY : DURATION_MS },
  )
}
