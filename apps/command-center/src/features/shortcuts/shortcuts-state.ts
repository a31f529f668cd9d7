import { createSignal } from '../../ui/create-signal.ts'

/** Whether the list of shortcuts is shown. */
export const shortcutsList = createSignal(false)

export function openShortcuts(): void {
  shortcutsList.set(true)
}

export function closeShortcuts(): void {
  shortcutsList.set(false)
}
