import { metaKeys } from '@fairlead/contract/tool/tool-meta'
import type { Interfere, ProxiedRequest } from '@fairlead/testing/cluster/fault-proxy'
import { holdTable } from './hold-table.fixture.ts'
import type { Installation } from './installation.fixture.ts'

/** One place on the way of an approved write where its engine can die. */
export type ArmedWindow = {
  /** The write has come to that place, and goes no further. */
  reached: Promise<unknown>
  /** The engine is dead: what it left behind goes on as it would. */
  release(): Promise<void>
}
type Arm = (installation: Installation, callId: string) => Promise<ArmedWindow> | ArmedWindow

const pass: Interfere = () => ({ do: 'pass' })

const isMeta = ({ body }: ProxiedRequest, key: string, callId: string) => body.includes(key) && body.includes(callId)

/** The attempt's transaction is under way and not committed. */
const beforeTheRow: Arm = async ({ sql }) => {
  const held = await holdTable(sql, 'attempts')
  return { reached: held.waiting(), release: held.release }
}

/** The engine sends the grant, and the tool server never sees it; or it sees it long after, in `late`. */
const nothingSent =
  (late: boolean): Arm =>
  ({ toWorker }, callId) => {
    const reached = Promise.withResolvers<void>()
    const dead = Promise.withResolvers<void>()
    let isFirst = true
    toWorker.interfere((request) => {
      if (!isFirst || !isMeta(request, metaKeys.grant, callId)) return { do: 'pass' }
      isFirst = false
      reached.resolve()
      if (late) return { do: 'hold', until: dead.promise }
      return dead.promise.then(() => ({ do: 'cut' }) as const)
    })
    return { reached: reached.promise, release: async () => dead.resolve() }
  }

/** The tool server has sent the write's nth request, and the API server does not see it before the engine is dead. */
export const heldOnTheWay =
  (nth: number): Arm =>
  ({ toCluster }, callId) => {
    const reached = Promise.withResolvers<void>()
    const dead = Promise.withResolvers<void>()
    let sent = 0
    toCluster.interfere(({ headers }) => {
      if (!headers['user-agent']?.includes(`call/${callId}`) || ++sent !== nth) return { do: 'pass' }
      reached.resolve()
      return { do: 'hold', until: dead.promise }
    })
    return { reached: reached.promise, release: async () => dead.resolve() }
  }

/** The write is done and the engine has the answer, but cannot commit it. */
const answeredNotCommitted: Arm = ({ sql, toWorker }, callId) => {
  const held = Promise.withResolvers<Awaited<ReturnType<typeof holdTable>>>()
  toWorker.interfere(async (request) => {
    if (isMeta(request, metaKeys.grant, callId)) {
      toWorker.interfere(pass)
      held.resolve(await holdTable(sql, 'attempts'))
    }
    return { do: 'pass' }
  })
  return {
    reached: held.promise.then((table) => table.waiting()),
    release: async () => (await held.promise).release(),
  }
}

/** The outcome is committed: the engine asks what the cluster says to it. */
const committed: Arm = ({ toWorker }, callId) => {
  const reached = Promise.withResolvers<void>()
  const dead = Promise.withResolvers<void>()
  toWorker.interfere((request) => {
    if (!isMeta(request, metaKeys.verify, callId)) return { do: 'pass' }
    reached.resolve()
    return dead.promise.then(() => ({ do: 'cut' }) as const)
  })
  return { reached: reached.promise, release: async () => dead.resolve() }
}

export type Window = { arm: Arm; late: readonly boolean[] }

/** The five windows of the gate's promise. `late`: what was held arrives only after the next engine has ended the run. */
export const windows = {
  'a before the attempt row': { arm: beforeTheRow, late: [false] },
  'b row committed, nothing sent': { arm: nothingSent(false), late: [false] },
  'b row committed, sent late': { arm: nothingSent(true), late: [true] },
  'c request held on the way': { arm: heldOnTheWay(1), late: [false, true] },
  'd answered, not committed': { arm: answeredNotCommitted, late: [false] },
  'e committed': { arm: committed, late: [false] },
} as const satisfies Record<string, Window>

export type WindowName = keyof typeof windows
