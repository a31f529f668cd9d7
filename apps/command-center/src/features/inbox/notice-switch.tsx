'use client'

import { Bell, BellOff } from 'lucide-react'
import { useSyncExternalStore } from 'react'
import { useStored } from '../../ui/browser/use-stored.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import { toast } from '../../ui/toast/toast.ts'
import { noticesKey } from './notices-key.ts'

/** Asks the browser only when the person wants it. Absent where the browser has no notifications. */
export function NoticeSwitch() {
  const [isOn, setOn] = useStored(noticesKey, false)
  const canNotify = useSyncExternalStore(
    () => () => {},
    () => typeof Notification === 'function' && isSecureContext,
    () => false,
  )
  if (!canNotify) return null
  const isActive = isOn && Notification.permission === 'granted'
  const change = async () => {
    if (isActive) return setOn(false)
    const permission = await Notification.requestPermission()
    if (permission === 'granted') return setOn(true)
    toast({ tone: 'warning', text: 'The browser does not allow notifications from this page.' })
  }
  return (
    <IconButton
      label={isActive ? 'Stop browser notifications' : 'Notify me of calls that wait'}
      aria-pressed={isActive}
      onClick={() => void change()}
    >
      {isActive ? <Bell aria-hidden="true" /> : <BellOff aria-hidden="true" />}
    </IconButton>
  )
}
