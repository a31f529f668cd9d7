import { strict as assert } from 'node:assert'
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { compiled } from '@fairlead/testing/servers/compiled'
import { MissingPart } from '@fairlead/testing/servers/missing-part'

const main = resolve(import.meta.dirname, '../../apps/cli/src/main.ts')

export type CommandOptions = {
  args: string[]
  env: Record<string, string>
  /** Where it is started; the tests' own folder unless given. */
  cwd?: string
  /** What stands on stdin; nothing unless given. */
  input?: string
}
export type CommandExit = { code: number | null; stdout: string; stderr: string }

/** `fairlead …` as a script runs it: without a terminal. */
export async function runCommand({ args, env, cwd, input = '' }: CommandOptions): Promise<CommandExit> {
  const child = spawn(process.execPath, [main, ...args], { env: ownEnvironment(env), cwd })
  const written = listen(child)
  child.stdin.end(input)
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, stdout: written.stdout, stderr: written.stderr }
}

export type TerminalSession = {
  /** Resolves once the text stands on the screen, below what was waited for before; rejects after 30 s or at the end. */
  see(text: string): Promise<void>
  type(keys: string): void
  /** Everything so far, escape sequences included. */
  raw(): string
  /** Everything so far as a person reads it. */
  text(): string
  /** Resolves to the exit code. */
  ended: Promise<number | null>
}

export const ctrlC = '\u0003'
export const enter = '\r'

/** `fairlead …` before a person: in a pseudo-terminal of its own, 100 columns wide. */
export function openTerminal({ args, env, cwd }: CommandOptions): TerminalSession {
  const script = ['/usr/bin/script', '/bin/script'].find((path) => existsSync(path))
  if (script === undefined || process.platform !== 'linux') {
    throw new MissingPart('A pseudo-terminal', 'The program script of util-linux makes one.')
  }
  const words = [process.execPath, main, ...args].map((word) => `'${word.replaceAll("'", `'\\''`)}'`)
  const child = spawn(script, ['-qefc', `stty cols 100 rows 50 && exec ${words.join(' ')}`, '/dev/null'], {
    env: { ...ownEnvironment(env), TERM: 'xterm', SHELL: '/bin/sh' },
    cwd,
  })
  const end = () => child.kill('SIGKILL')
  process.once('exit', end)
  const written = listen(child)
  let isOver = false
  const ended = once(child, 'close').then(([code]) => {
    process.off('exit', end)
    isOver = true
    return code as number | null
  })
  const text = () => stripVTControlCharacters(written.stdout).replaceAll('\r', '')
  let seen = 0
  return {
    see: async (wanted) => {
      const deadline = Date.now() + 30_000
      for (;;) {
        const found = text().indexOf(wanted, seen)
        if (found >= 0) {
          seen = found + wanted.length
          return
        }
        assert(!isOver && Date.now() < deadline, `never saw ${JSON.stringify(wanted)} after:\n${text().slice(seen)}`)
        await Promise.race([once(child.stdout, 'data'), ended, new Promise((over) => setTimeout(over, 500))])
      }
    },
    type: (keys) => void child.stdin.write(keys),
    raw: () => written.stdout,
    text,
    ended,
  }
}

function listen(child: ChildProcessWithoutNullStreams): { stdout: string; stderr: string } {
  const written = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      written[name] += text
    })
  }
  return written
}

/** Not this process's environment: whoever runs the tests may be signed in somewhere. */
function ownEnvironment(env: Record<string, string>): Record<string, string> {
  const { PATH = '' } = process.env
  return { PATH, ...compiled, ...env }
}
