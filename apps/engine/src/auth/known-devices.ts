import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { createPurposeTokens } from './purpose-tokens.ts'

const claims = z.object({ sub: z.uuid(), jti: z.uuid() })
const LIFE_SECONDS = 180 * 86_400

export type KnownDevices = {
  /** What a device keeps from which somebody has signed in. It lets nobody in; it only tells them from strangers. */
  mark(userId: string): Promise<string>
  /** Which device of this user it is; undefined for any other text. */
  deviceOf(mark: string | undefined, userId: string | undefined): Promise<string | undefined>
}

export function createKnownDevices(config: Parameters<typeof createPurposeTokens>[0]): KnownDevices {
  const tokens = createPurposeTokens(config, { audience: 'fairlead:device', lifeSeconds: LIFE_SECONDS, claims })
  return {
    mark: (userId) => tokens.sign({ sub: userId, jti: randomUUID() }),
    deviceOf: async (mark, userId) => {
      const device = mark === undefined ? undefined : await tokens.verify(mark)
      return device?.sub === userId ? device?.jti : undefined
    },
  }
}
