import { expect, test } from 'vitest'
import { suspendedCause } from '../causes/plain-causes.ts'
import type { CronJob } from '../cluster/objects.ts'
import type { State } from '../cluster/state.ts'
import { symptomsOf } from './symptoms.ts'

const nothing: State = { workloads: [], pods: [], services: [], slices: [], jobs: [], cronJobs: [], parts: [] }
const report = (spec: Partial<CronJob['spec']>): CronJob => ({
  kind: 'CronJob',
  metadata: { name: 'report', namespace: 'market' },
  spec: { schedule: '0 3 * * *', ...spec },
})

test('a CronJob that is suspended is told of with the field that says so, and would be let run again', () => {
  expect(symptomsOf({ ...nothing, cronJobs: [report({})] })).toEqual([])
  const [symptom] = symptomsOf({ ...nothing, cronJobs: [report({ suspend: true })] })
  if (symptom?.is !== 'suspended') throw new Error('the symptom is another')
  const { says, proofs, remedy } = suspendedCause(symptom)
  expect(says).toContain('`market/report`')
  expect(proofs).toContainEqual(expect.objectContaining({ field: 'spec.suspend', value: 'true' }))
  expect(remedy?.calls[0].args).toMatchObject({ name: 'report', patch: '{"spec":{"suspend":false}}' })
})
