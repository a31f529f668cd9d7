import type { Artifact } from './artifact.ts'

/** Runs of a real engine with a scripted model, for the tests of clients. */
export const recordedRuns: Artifact = {
  path: 'packages/client/src/conversation/recorded-runs.generated.json',
  make: async () => {
    const { recordRuns } = await import('../../tests/wire/record-runs.ts')
    return `${JSON.stringify(await recordRuns())}\n`
  },
  whyStale: async (current) => {
    const { runEvent } = await import('../../packages/contract/src/events/run-event.ts')
    const scenarios = JSON.parse(current) as { name: string; runs: { events: unknown[] }[] }[]
    const { scenarios: expected } = await import('../../tests/wire/record-runs.ts')
    const names = JSON.stringify(scenarios.map(({ name }) => name))
    if (names !== JSON.stringify(Object.keys(expected))) return 'holds other scenarios than tests/wire/record-runs.ts'
    for (const { name, runs } of scenarios) {
      const fault = runs
        .flatMap(({ events }) => events)
        .map((event) => runEvent.safeParse(event))
        .find(({ error }) => error)
      if (fault !== undefined) return `holds an event of "${name}" that the contract does not know`
    }
    return undefined
  },
}
