'use client'

import { usePathname } from 'next/navigation'
import type { ReactNode } from 'react'
import { cx } from '../../ui/cx.ts'
import { Tooltip } from '../../ui/overlay/tooltip.tsx'
import { PageLink } from '../../ui/page-link.tsx'

type NavLinkProps = {
  href: string
  label: string
  icon: ReactNode
  /** Of calls that wait for the user. */
  count?: number
}

function useIsActive(href: string): boolean {
  const path = usePathname()
  return path === href || (href !== '/' && path.startsWith(`${href}/`))
}

export function NavLink({ href, label, icon, count = 0 }: NavLinkProps) {
  const isActive = useIsActive(href)
  return (
    <PageLink
      href={href}
      aria-current={isActive ? 'page' : undefined}
      className={cx(
        'flex h-8 items-center gap-2.5 rounded-md border px-2 text-sm transition-colors duration-120 [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-ink-3',
        isActive
          ? 'border-line bg-surface font-medium text-ink'
          : 'border-transparent text-ink-2 hover:bg-ink/5 hover:text-ink',
      )}
    >
      {icon}
      <span className="flex-1 truncate">{label}</span>
      {count > 0 && <Count value={count} />}
    </PageLink>
  )
}

/** The same in the rail: a picture with a name. */
export function NavIcon({ href, label, icon, count = 0 }: NavLinkProps) {
  const isActive = useIsActive(href)
  return (
    <Tooltip text={count > 0 ? `${label}, ${countText(count)}` : label} side="right">
      <PageLink
        href={href}
        aria-label={count > 0 ? `${label}, ${countText(count)} waiting` : label}
        aria-describedby={undefined}
        aria-current={isActive ? 'page' : undefined}
        className={cx(
          'relative flex size-9 items-center justify-center rounded-md border text-ink-3 transition-colors duration-120 [&_svg]:size-4',
          isActive ? 'border-line bg-surface text-ink' : 'border-transparent hover:bg-ink/5 hover:text-ink',
        )}
      >
        {icon}
        {count > 0 && (
          <span
            aria-hidden="true"
            className="absolute -top-1 -right-1.5 min-w-4 rounded-full border border-ask-line bg-ask-soft px-1 text-center text-[10.5px] leading-4 font-semibold text-ask"
          >
            {countText(count)}
          </span>
        )}
      </PageLink>
    </Tooltip>
  )
}

function Count({ value }: { value: number }) {
  return (
    <span className="font-semibold text-ask">
      {countText(value)}
      <span className="sr-only"> waiting</span>
    </span>
  )
}

export function countText(count: number): string {
  return count > 99 ? '99+' : String(count)
}
