import { expect, it } from 'vitest'
import { isStartedFrom } from './script-names.ts'

it.each([
  ...['/docker-entrypoint.sh', '/docker-entrypoint.d/x', '/ENTRYPOINT', '/app/bin/x', '/sbin/x', '/usr/local/bin/x'],
  ...['/lib/x', '/usr/lib/x', '/usr/local/lib64/a/x', '/lib32/x', '/usr/libexec/x', '/etc/init.d/x', '/etc/crontab'],
  ...['/etc/profile', '/etc/rc.local', '/etc/bash.bashrc', '/etc/zshrc', '/etc/environment', '/etc/ld.so.preload'],
  ...['/init', '/start', '/run', '/main', '/start-all', '/root/.bashrc', '/root/.profile', '/.zlogin', '/app/x.py'],
])('what lies at %s is started', (path) => {
  expect(isStartedFrom(path)).toBe(true)
})

it.each([
  ...['/app/bin/x/y', '/var/lib/x', '/data/lib/x', '/library/x', '/app/etc/init.d/x', '/etc/app/x', '/data/init'],
  ...['/main.conf', '/run/x', '/start/x', '/root/.bashrc/x', '/app/profile', '/app/x.conf', '/cabin2/x'],
])('what lies at %s is not', (path) => {
  expect(isStartedFrom(path)).toBe(false)
})
