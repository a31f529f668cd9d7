'use client'

import { Keyboard, Monitor, Moon, Sun } from 'lucide-react'
import { Menu } from '../../ui/overlay/menu.tsx'
import type { OpenerElement } from '../../ui/overlay/use-opener.ts'
import { chooseTheme, useTheme } from '../settings/use-theme.ts'
import { openShortcuts } from '../shortcuts/shortcuts-state.ts'

/** What a person sets for this browser. */
export function UserMenu({ trigger, side }: { trigger: OpenerElement; side: 'top' | 'right' }) {
  const theme = useTheme()
  return (
    <Menu
      align="start"
      side={side}
      trigger={trigger}
      items={[
        {
          label: 'System theme',
          icon: <Monitor aria-hidden="true" />,
          isChosen: theme === 'system',
          onSelect: () => chooseTheme('system'),
        },
        {
          label: 'Light theme',
          icon: <Sun aria-hidden="true" />,
          isChosen: theme === 'light',
          onSelect: () => chooseTheme('light'),
        },
        {
          label: 'Dark theme',
          icon: <Moon aria-hidden="true" />,
          isChosen: theme === 'dark',
          onSelect: () => chooseTheme('dark'),
        },
        {
          label: 'Keyboard shortcuts',
          icon: <Keyboard aria-hidden="true" />,
          onSelect: openShortcuts,
          startsGroup: true,
        },
      ]}
    />
  )
}
