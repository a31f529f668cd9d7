import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify, stripVTControlCharacters } from 'node:util'
import { parse } from 'yaml'

const run = promisify(execFile)
const manifest = createRequire(import.meta.url).resolve('@modelcontextprotocol/conformance/package.json')
const suite = join(dirname(manifest), 'dist/index.js')

/** What a revision of the protocol asks for, and has from its release on. */
export type Revision = '2025-11-25' | '2026-07-28'
export const revisions: readonly Revision[] = ['2025-11-25', '2026-07-28']

type Side = 'server' | 'client'
export type Ran = { code: number; text: string }

/** Runs the suite as its command does, in a folder that is thrown away. Code 0: nothing that counts failed. */
export async function runSuite(side: Side, args: string[], env: NodeJS.ProcessEnv = process.env): Promise<Ran> {
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-conformance-'))
  try {
    const options = { cwd: folder, env, maxBuffer: 64 * 1024 * 1024 }
    return await run(process.execPath, [suite, side, ...args], options).then(
      ({ stdout }) => ({ code: 0, text: stripVTControlCharacters(stdout) }),
      ({ code, stdout, stderr }: { code?: number; stdout: string; stderr: string }) => {
        if (typeof code !== 'number') throw new Error(`the suite did not run:\n${stdout}\n${stderr}`)
        return { code, text: stripVTControlCharacters(`${stdout}\n${stderr}`) }
      },
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Of a run over a requirement set: how many scenarios ran, and the names of those that count and failed. */
export function scoreOf({ text }: Ran): { ran: number; failed: string[] } {
  const [, summary] = text.split(/=== (?:SUITE )?SUMMARY ===/)
  if (summary === undefined) throw new Error(`the suite gave no summary:\n${text}`)
  const notScored = new Set([...summary.matchAll(/^ {2}[✓✗] (\S+) \(/gm)].map(([, name]) => name))
  const scenarios = [...summary.matchAll(/^([✓✗]) (\S+): \d+ passed/gm)]
  const failed = scenarios.flatMap(([, mark, name = '']) => (mark === '✗' && !notScored.has(name) ? [name] : []))
  return { ran: scenarios.length, failed }
}

type ExpectedFailure = { side: Side; revision: Revision; scenario: string; reason: string; thread: string }

/** What is known to fail, each with why and where it is talked about. */
export async function expectedFailures(): Promise<ExpectedFailure[]> {
  return parse(await readFile(new URL('expected-failures.yaml', import.meta.url), 'utf8'))
}
