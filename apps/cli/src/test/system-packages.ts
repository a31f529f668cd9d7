import { existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { runStep } from './run-step.ts'

/** `programs` are its names, one of which is enough; `tests` says what needs it. */
type SystemPackage = { debian: string; programs: string[]; folders: string[]; tests: string }

const browsers = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome', 'chrome']

const packages = (): SystemPackage[] => [
  {
    debian: 'postgresql',
    programs: ['initdb'],
    folders: debianPostgres(),
    tests: 'tests of the engine and of the whole product on a real PostgreSQL',
  },
  {
    debian: 'redis-server',
    programs: ['redis-server'],
    folders: [],
    tests: 'tests of live events, limits and used grants on a real Redis',
  },
  {
    debian: 'chromium-headless-shell',
    programs: browsers,
    folders: [],
    tests: 'tests of the page in a real browser',
  },
]

export type InstallOptions = {
  env: NodeJS.ProcessEnv
  /** `false` leaves the machine as it is. */
  install: boolean
  isRoot: boolean
  say(line: string): void
}

/**
 * Installs what the tests need and Debian has, where this user may; else says what is missing and which tests will be
 * skipped for it. Either is said before anything is done.
 */
export async function installSystemPackages({ env, install, isRoot, say }: InstallOptions): Promise<void> {
  const path = (env.PATH ?? '').split(delimiter)
  const isOnPath = (program: string) => path.some((folder) => existsSync(join(folder, program)))
  const isThere = ({ programs, folders }: SystemPackage) =>
    [...path, ...folders].some((folder) => programs.some((program) => existsSync(join(folder, program))))
  // A browser may be named instead: it need not be on the PATH.
  const missing = packages().filter((it) => !isThere(it) && !(it.programs === browsers && env.CHROMIUM))
  if (missing.length === 0) return
  const list = missing.map(({ debian, tests }) => `  ${debian}: ${tests}`)
  if (!install || !isRoot || !isOnPath('apt-get')) {
    say('These Debian packages are missing, and what needs them will be skipped:')
    for (const line of list) say(line)
    say(install ? 'Install them to run everything.' : 'Nothing is installed, as --no-install asks.')
    return
  }
  say('About to install these Debian packages with apt-get (--no-install leaves the machine as it is):')
  for (const line of list) say(line)
  const apt = (...args: string[]) =>
    runStep({
      name: 'apt-get',
      command: 'apt-get',
      args: ['-qq', ...args],
      env: { ...env, DEBIAN_FRONTEND: 'noninteractive' },
    })
  await apt('update')
  const names = missing.map(({ debian }) => debian)
  const code = await apt('install', '-y', '--no-install-recommends', ...names)
  if (code !== 0) say(`apt-get could not install ${names.join(', ')}; what needs them will be skipped.`)
}

/** Debian keeps the server's programs of each version apart, off the PATH. */
function debianPostgres(): string[] {
  const base = '/usr/lib/postgresql'
  return existsSync(base) ? readdirSync(base).map((version) => join(base, version, 'bin')) : []
}
