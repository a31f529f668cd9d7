import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BareServer, startBareSandbox, startRealServer } from './bare-servers.fixture.ts'
import { compareAnswers, findDifferences } from './find-differences.fixture.ts'
import { readKnownDifferences } from './known-differences.fixture.ts'
import { onceDifferent } from './once-different.fixture.ts'

const isFull = process.env.FAIRLEAD_FULL === '1'
const count = isFull ? 2_000 : 60
const seed = Number(process.env.FAIRLEAD_SEED ?? Math.floor(Math.random() * 2 ** 31))

let real: BareServer
let sandbox: BareServer
const bugs: unknown[] = []
beforeAll(async () => {
  real = await startRealServer()
  sandbox = await startBareSandbox((bug) => bugs.push(bug))
}, 60_000)
afterAll(async () => {
  await sandbox?.stop()
  await real?.stop()
})

test.each(onceDifferent)('$what is answered as the real API server answers it', async ({ requestsIn }) => {
  expect(await compareAnswers(requestsIn, { real, sandbox })).toEqual([])
})

test(
  `${count} random sequences of requests are answered as the real API server answers them`,
  async () => {
    const known = readKnownDifferences()
    const met = new Map<string, number>()
    for (let number = 0; number < count; number++) {
      const differences = await findDifferences(seed + number, { real, sandbox })
      const rows = differences.map((each) => known.find((row) => row.covers(each)))
      const unknown = differences.filter((_each, index) => rows[index] === undefined)
      for (const name of new Set(rows.map((row) => row?.name ?? ''))) met.set(name, (met.get(name) ?? 0) + 1)
      expect(unknown, `FAIRLEAD_SEED=${seed + number}`).toEqual([])
    }
    // In a short run, three by chance say nothing.
    const tooOften = known.filter(({ name, most }) => (met.get(name) ?? 0) > Math.max(3, most * count))
    expect(tooOften, `FAIRLEAD_SEED=${seed}`).toEqual([])
    expect(bugs).toEqual([])
  },
  isFull ? 1_200_000 : 120_000,
)
