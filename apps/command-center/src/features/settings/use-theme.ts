'use client'

import { useLayoutEffect, useSyncExternalStore } from 'react'
import { parseStored, readStored, watchStored, writeStored } from '../../ui/browser/stored.ts'
import { themeKey } from './appearance.ts'

const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

export function chooseTheme(theme: Theme): void {
  writeStored(themeKey, JSON.stringify(theme))
}

/** The chosen theme, drawn on the page, another tab's choice included; undefined until the page is alive. */
export function useTheme(): Theme | undefined {
  const theme = useSyncExternalStore(watchStored, read, () => undefined)
  useLayoutEffect(() => {
    if (theme === 'system') delete document.documentElement.dataset.theme
    else if (theme !== undefined) document.documentElement.dataset.theme = theme
  }, [theme])
  return theme
}

function read(): Theme {
  const stored = parseStored(readStored(themeKey))
  return themes.find((it) => it === stored) ?? 'system'
}
