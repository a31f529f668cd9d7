import { isPreconditionFailure } from './http/api-error.ts'

const MAX_TRIES = 6

/**
 * For a read and a dry run that belong together: when the object moves in between, the dry run fails with a conflict,
 * and both are done again. An object that moves each time ends in that conflict.
 */
export async function readConsistently<T>(read: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await read()
    } catch (error) {
      if (!isPreconditionFailure(error) || tries === MAX_TRIES) throw error
    }
  }
}
