import { spawn } from 'node:child_process'
import type { Environment } from './part-settings.ts'

/** Opens the address where there is a desktop to open it on. Whether one does is nobody's condition for going on. */
export function openBrowser(url: string, env: Environment): void {
  const command = openerFor(process.platform, env)
  if (command === undefined) return
  const child = spawn(command, [url], { stdio: 'ignore', detached: true })
  child.on('error', () => {})
  child.unref()
}

export function openerFor(platform: NodeJS.Platform, env: Environment): string | undefined {
  if (platform === 'darwin') return 'open'
  if (env.WSL_DISTRO_NAME) return 'wslview'
  return env.DISPLAY || env.WAYLAND_DISPLAY ? 'xdg-open' : undefined
}
