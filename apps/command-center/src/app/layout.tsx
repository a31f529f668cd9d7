import type { Metadata, Viewport } from 'next'
import type { ReactNode } from 'react'
import { browserRequest } from '../bff/bff.ts'
import { inlineSettings, publicSettings } from '../bff/public-settings.ts'
import { appearanceScript } from '../features/settings/appearance.ts'
import { SettingsProvider } from '../features/settings/settings.tsx'
import './globals.css'

/** The mark, in the colours of a browser's tab. */
const icon = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none"><style>path{stroke:#10201f}circle{stroke:#0b6e69}@media(prefers-color-scheme:dark){path{stroke:#e6efee}circle{stroke:#4fc4bb}}</style><path d="M1 15.5C6 15.5 7 12 12 12s6-3.5 11-3.5" stroke-width="2" stroke-linecap="round"/><circle cx="12" cy="12" r="6.6" stroke-width="2.6"/></svg>',
)}`

export const metadata: Metadata = { icons: { icon } }

export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  // What is written stays above the keyboard of a phone.
  interactiveWidget: 'resizes-content',
}

export default async function RootLayout({ children }: { children: ReactNode }) {
  const settings = await publicSettings()
  return (
    <html lang="en" suppressHydrationWarning>
      <head>
        <script
          nonce={browserRequest().nonce}
          // A browser hides the nonce from scripts.
          suppressHydrationWarning
          // biome-ignore lint/security/noDangerouslySetInnerHtml: an own constant that must run before the first paint
          dangerouslySetInnerHTML={{ __html: appearanceScript }}
        />
        <script suppressHydrationWarning {...(await inlineSettings())} />
      </head>
      <body>
        <SettingsProvider settings={settings}>{children}</SettingsProvider>
      </body>
    </html>
  )
}
