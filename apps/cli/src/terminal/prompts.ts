import { setTimeout as sleep } from 'node:timers/promises'
import { isCancel, password, text } from '@clack/prompts'
import type { Terminal } from './terminal.ts'

type Check = (answer: string) => string | undefined

/** One line of text; undefined when the person leaves with Ctrl-C. `message` has to be neutralised. */
export async function askLine(
  { input, output }: Terminal,
  { message, check }: { message: string; check?: Check },
): Promise<string | undefined> {
  const validate = check && ((answer: string | undefined) => check((answer ?? '').trim()))
  const answer = await text({ message, validate, input, output })
  return isCancel(answer) ? undefined : (answer ?? '').trim()
}

export async function askPassword({ input, output }: Terminal, message: string): Promise<string | undefined> {
  const answer = await password({ message, input, output })
  return isCancel(answer) ? undefined : answer
}

/**
 * Throws away what was typed before the question could be read: a key pressed for something else must not decide.
 * Resolves to false when Ctrl-C was among it.
 */
export async function forgetTyped({ input }: Terminal, milliseconds: number): Promise<boolean> {
  let isLeaving = false
  const onData = (typed: Buffer | string) => {
    if (typed.toString().includes('\u0003')) isLeaving = true
  }
  input.setRawMode?.(true)
  input.on('data', onData)
  input.resume()
  await sleep(milliseconds)
  input.off('data', onData)
  input.pause()
  input.setRawMode?.(false)
  return !isLeaving
}
