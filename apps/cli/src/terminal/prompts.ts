import { setTimeout as sleep } from 'node:timers/promises'
import { isCancel, password, text } from '@clack/prompts'
import type { Terminal } from './terminal.ts'

const CTRL_C = '\u0003'

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
    if (typed.toString().includes(CTRL_C)) isLeaving = true
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

/**
 * The first of these keys that is pressed, without Enter; undefined for Ctrl-C. The question is gone afterwards.
 * `message` has to be neutralised.
 */
export async function askKey(
  { input, output }: Terminal,
  { message, keys }: { message: string; keys: readonly string[] },
): Promise<string | undefined> {
  const pressed = Promise.withResolvers<string | undefined>()
  const onData = (typed: Buffer | string) => {
    const key = [...typed.toString()].find((it) => it === CTRL_C || keys.includes(it))
    if (key !== undefined) pressed.resolve(key === CTRL_C ? undefined : key)
  }
  const onEnd = () => pressed.resolve(undefined)
  output.write(message)
  input.setRawMode?.(true)
  input.on('data', onData)
  input.once('end', onEnd)
  input.resume()
  try {
    return await pressed.promise
  } finally {
    input.off('data', onData)
    input.off('end', onEnd)
    input.pause()
    input.setRawMode?.(false)
    output.write('\r\u001b[2K')
  }
}
