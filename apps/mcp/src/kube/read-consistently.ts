import { isPreconditionFailure } from './http/api-error.ts'

const MOST_TRIES = 6

/**
 * For a read and a dry run that belong together: when the object moves in between, the dry run fails with a conflict,
 * and both are done again. An object that moves each time ends in that conflict.
 */
export async function readConsistently<T>(look: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await look()
    } catch (error) {
      if (!isPreconditionFailure(error) || tries === MOST_TRIES) throw error
    }
  }
}
