import { TooManyRequests } from '../http/rate-limit.ts'

const AT_ONCE = 2
const SOON_MS = 5000

/** Reading the whole record is work: who comes while two are at it is told to come back. */
export function createVerificationLimit(): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0
  return async (work) => {
    if (running >= AT_ONCE)
      throw new TooManyRequests(
        SOON_MS,
        'Two verifications of the record are running, and no more may. Ask again when one of them has ended.',
      )
    running++
    try {
      return await work()
    } finally {
      running--
    }
  }
}
