import { spawn } from 'node:child_process'
import { once } from 'node:events'

export type Step = {
  /** What is checked, in words: it stands in the summary when the step fails. */
  name: string
  command: string
  args: string[]
  env: NodeJS.ProcessEnv
  cwd?: string
}

/** Runs a command with its output on this terminal's stderr. Resolves to its exit code, 1 when a signal ended it. */
export async function runStep({ command, args, env, cwd }: Step): Promise<number> {
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 2, 2] })
  const [code] = (await once(child, 'close')) as [number | null]
  return code ?? 1
}
