import { MissingPart } from '@fairlead/testing/servers/missing-part'
import { findProgram, searchPath } from '@fairlead/testing/servers/server-process'
import { type Browser, chromium } from '@playwright/test'

/** Without the windows that nobody sees, Chromium takes half of the processor. */
const names = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome', 'chrome']

/** The Chromium of this machine: the one that CHROMIUM names, else the first on PATH. Throws MissingPart without. */
export async function startChromium(): Promise<Browser> {
  const found = process.env.CHROMIUM ?? names.map((name) => findProgram(name, searchPath())).find((path) => path)
  if (!found)
    throw new MissingPart(
      'Chromium',
      'Install Debian package chromium-headless-shell, or name the program in CHROMIUM.',
    )
  return await chromium.launch({
    executablePath: found,
    // Containers give neither user namespaces nor a large /dev/shm.
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--force-prefers-no-reduced-motion'],
  })
}
