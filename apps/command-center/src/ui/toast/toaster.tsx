'use client'

import { Toaster as Sonner } from 'sonner'
import { MAX_TOASTS } from './show-toast.tsx'

/** Where toasts stand, the newest on top. It has no shortcut of its own: Alt and a letter type characters. */
export function Toaster() {
  return (
    <Sonner
      customAriaLabel="Notifications"
      position="top-right"
      expand
      hotkey={[]}
      visibleToasts={MAX_TOASTS}
      gap={8}
      offset={12}
      mobileOffset={12}
      toastOptions={{ className: 'w-full duration-220!' }}
    />
  )
}
