import { expect, test } from 'vitest'
import { openerFor } from './open-browser.ts'

test.each<[NodeJS.Platform, Record<string, string>, string | undefined]>([
  ['darwin', {}, 'open'],
  ['linux', { DISPLAY: ':0' }, 'xdg-open'],
  ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, 'xdg-open'],
  ['linux', { WSL_DISTRO_NAME: 'Debian', DISPLAY: ':0' }, 'wslview'],
  ['linux', { DISPLAY: '' }, undefined],
])('on %s with %j a browser is opened by %s', (platform, env, command) => {
  expect(openerFor(platform, env)).toBe(command)
})
