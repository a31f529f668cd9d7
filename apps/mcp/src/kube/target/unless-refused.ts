import { ToolError } from '../../tool/tool-error.ts'

/** What was found, or why the server refuses to say it. A call that is over is no refusal. */
export async function unlessRefused<T extends object>(read: () => Promise<T>): Promise<T | { refusal: string }> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof ToolError && error.code !== 'Cancelled' && error.code !== 'Timeout') {
      return { refusal: error.code }
    }
    throw error
  }
}
