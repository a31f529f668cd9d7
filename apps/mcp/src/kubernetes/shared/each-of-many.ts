import { ToolError } from '../../tool/tool-error.ts'

/**
 * Asks for several things at once. One that fails does not hide the others: its sentence is among `failures`. When all
 * fail, the first failure is thrown, and the only one always is.
 */
export async function eachOfMany<T, R>(
  things: readonly T[],
  ask: (thing: T) => Promise<R>,
): Promise<{ found: R[]; failures: string[] }> {
  const answers = await Promise.allSettled(things.map(ask))
  const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))
  const errors = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as unknown] : []))
  const bug = errors.find((error) => !(error instanceof ToolError))
  if (bug !== undefined) throw bug
  if (found.length === 0 && errors.length > 0) throw errors[0]
  return { found, failures: errors.map((error) => (error as ToolError).text) }
}
