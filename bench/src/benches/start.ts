import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { sendMessage } from '@fairlead/testing/engine/send-message'
import { setupSecret } from '@fairlead/testing/engine/setup-secret'
import { median } from '../percentile.ts'
import { usageOfTree } from '../process-tree.ts'
import { signIn } from '../sign-in.ts'
import { type Installation, startInstallation } from '../start-installation.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import type { Bench } from './bench.ts'

const ROUNDS = 3
const MB = 1_000_000
const memoryBar = { atMost: 700 }
/** Garbage of the start is collected some time after it, if at all. */
const SETTLE_MS = 5_000
const checkout = resolve(import.meta.dirname, '../../..')

type Start = { startedMs: number; cpuMs: number; idle: number; highest: number; afterMessage: number }

/**
 * `./fairlead up` on this checkout, whose packages are fetched and whose page is built: on an empty state folder, and once
 * more on the same. Memory is that of all its processes, idle and after a message to the demo model.
 */
export const start: Bench = async (_servers, report) => {
  const first: Start[] = []
  const second: Start[] = []
  await usePlace(async (begin) => await (await begin()).stop()) // builds the page if its sources have changed
  for (let round = 0; round < ROUNDS; round++) {
    await usePlace(async (begin) => {
      let token: string | undefined
      for (const starts of [first, second]) {
        const up = await begin()
        try {
          token ??= await signIn(up.api)
          starts.push(await measured(up, token))
        } finally {
          await up.stop()
        }
      }
    })
  }
  for (const [name, starts, seconds] of [
    ['first start, empty state folder', first, 90],
    ['second start', second, 5],
  ] as const) {
    const worst = (of: (start: Start) => number) => Math.max(...starts.map(of)) / MB
    const time = median(starts.map(({ startedMs }) => startedMs)) / 1000
    report({ name: `${name}: until the page answers`, value: time, unit: 's', bar: { atMost: seconds } })
    report({ name: `${name}: CPU`, value: median(starts.map(({ cpuMs }) => cpuMs)) / 1000, unit: 's' })
    report({ name: `${name}: memory, idle`, value: worst(({ idle }) => idle), unit: 'MB', bar: memoryBar })
    report({
      name: `${name}: memory after a message`,
      value: worst(({ afterMessage }) => afterMessage),
      unit: 'MB',
      bar: memoryBar,
    })
    report({ name: `${name}: resident at their highest, added up`, value: worst(({ highest }) => highest), unit: 'MB' })
  }
}

/** A state folder of its own, gone afterwards. */
async function usePlace(use: (begin: () => Promise<Installation>) => Promise<void>): Promise<void> {
  await using folder = await temporaryFolder()
  // Not this process's environment: it may name a model or a database, which are no part of the measurement.
  const { PATH, HOME } = process.env
  const env = { PATH, HOME, SETUP_SECRET: setupSecret }
  await use(() => startInstallation(checkout, { stateFolder: folder.path, env }))
}

async function measured(up: Installation, token: string): Promise<Start> {
  const { cpuMs } = await usageOfTree(up.pid)
  await sleep(SETTLE_MS)
  const idle = await usageOfTree(up.pid)
  await sendMessage({ api: up.api, token, replies: [], content: 'Is anything wrong in my cluster, and why?' })
  const afterMessage = await usageOfTree(up.pid)
  return {
    startedMs: up.startedMs,
    cpuMs,
    idle: idle.bytes,
    afterMessage: afterMessage.bytes,
    highest: afterMessage.highestBytes,
  }
}
