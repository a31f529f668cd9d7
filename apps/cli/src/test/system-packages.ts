import { existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { runStep } from './run-step.ts'

/** `programs` are its names, one of which is enough. */
type SystemPackage = { debian: string; programs: string[]; folders: string[] }

const browsers = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome', 'chrome']

const packages = (): SystemPackage[] => [
  { debian: 'postgresql', programs: ['initdb'], folders: debianPostgres() },
  { debian: 'redis-server', programs: ['redis-server'], folders: [] },
  { debian: 'chromium-headless-shell', programs: browsers, folders: [] },
]

/** Installs what the tests need and Debian has, when we may; says what to install when we may not. */
export async function installSystemPackages(env: NodeJS.ProcessEnv, say: (line: string) => void): Promise<void> {
  const path = (env.PATH ?? '').split(delimiter)
  const isOnPath = (program: string) => path.some((folder) => existsSync(join(folder, program)))
  const isThere = ({ programs, folders }: SystemPackage) =>
    [...path, ...folders].some((folder) => programs.some((program) => existsSync(join(folder, program))))
  // A browser may be named instead: it need not be on the PATH.
  const wanted = packages().filter((it) => !isThere(it) && !(it.programs === browsers && env.CHROMIUM))
  if (wanted.length === 0) return
  const names = wanted.map(({ debian }) => debian)
  const mayInstall = process.getuid?.() === 0 && isOnPath('apt-get')
  if (!mayInstall) {
    say(`Not installed: ${names.join(', ')}. Their tests will be skipped; install them to run all.`)
    return
  }
  say(`Installing ${names.join(', ')}.`)
  const apt = (...args: string[]) =>
    runStep({
      name: 'apt-get',
      command: 'apt-get',
      args: ['-qq', ...args],
      env: { ...env, DEBIAN_FRONTEND: 'noninteractive' },
    })
  await apt('update')
  const code = await apt('install', '-y', '--no-install-recommends', ...names)
  if (code !== 0) say(`apt-get could not install ${names.join(', ')}; their tests will be skipped.`)
}

/** Debian keeps the server's programs of each version apart, off the PATH. */
function debianPostgres(): string[] {
  const base = '/usr/lib/postgresql'
  return existsSync(base) ? readdirSync(base).map((version) => join(base, version, 'bin')) : []
}
