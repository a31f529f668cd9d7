import { expect } from '@playwright/test'

/** Generous: the machine may be busy, and what must be quick is measured apart. */
const LIMIT_MS = 30_000
/** Given less than 2.5 s, Playwright looks every 100 ms; given more, every 500. */
const TURN_MS = 2_400
const inTurn = expect.configure({ timeout: TURN_MS })

/** Waits for what a person would see, and notices it soon. A time limit that is handed in counts as it is. */
export const see = ((...args: Parameters<typeof inTurn>) => patient(inTurn(...args))) as typeof inTurn

function patient<Matchers extends object>(matchers: Matchers): Matchers {
  return new Proxy(matchers, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name)
      if (name === 'not') return patient(member as object)
      if (typeof member !== 'function') return member
      return async (...args: unknown[]) => {
        for (const began = Date.now(); ; ) {
          const turn = Date.now()
          try {
            return await member.apply(target, args)
          } catch (error) {
            const now = Date.now()
            // What fails long before its time will not come by waiting. A turn may end a few milliseconds early.
            if (hasLimit(args) || now - turn < TURN_MS / 2 || now - began > LIMIT_MS) throw error
          }
        }
      }
    },
  })
}

function hasLimit(args: unknown[]): boolean {
  const last = args.at(-1)
  return typeof last === 'object' && last !== null && 'timeout' in last
}
