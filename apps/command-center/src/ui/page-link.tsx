'use client'

import { useRouter } from 'next/navigation'
import type { ComponentProps, MouseEvent } from 'react'

/**
 * A real link to another page of this app, which a plain press opens in place. Nothing is fetched ahead: each page is
 * drawn for its reader when it is opened.
 */
export function PageLink({ href, onClick, ...rest }: ComponentProps<'a'> & { href: string }) {
  const router = useRouter()
  const open = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event)
    // With a key held it is the browser's: another tab, another window, a download.
    const isPlain = !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
    if (event.defaultPrevented || !isPlain) return
    event.preventDefault()
    router.push(href)
  }
  return <a {...rest} href={href} onClick={open} />
}
