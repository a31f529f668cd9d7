'use client'

import { createContext, type ReactNode, useContext } from 'react'
import type { PublicConfig } from '../../public-config.ts'

/** What stands where the page that brought the settings could not be drawn. */
const unknown: PublicConfig = { apiUrl: '/api/v1', appName: 'Fairlead', appVersion: '', isPlainHttp: false }

const Settings = createContext(unknown)

export function SettingsProvider({ settings, children }: { settings: PublicConfig; children: ReactNode }) {
  return <Settings value={settings}>{children}</Settings>
}

/** The same on the server and in the browser, so that what is drawn with them is. */
export function useSettings(): PublicConfig {
  return useContext(Settings)
}

/** What this installation is called. */
export function useAppName(): string {
  return useSettings().appName
}
