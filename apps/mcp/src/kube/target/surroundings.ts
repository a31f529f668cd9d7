import type { ObjectPlan } from '../../target/plan.ts'
import type { Surroundings } from '../../target/target-system.ts'
import type { Kube } from '../kube.ts'
import { givenSources } from './given-sources.ts'
import { mountingWorkloads } from './mounting-workloads.ts'

/** What is in the cluster and decides what the planned objects would run. */
export async function surroundingsOf(kube: Kube, objectPlans: readonly ObjectPlan[]): Promise<Surroundings> {
  const [users, given] = await Promise.all([mountingWorkloads(kube, objectPlans), givenSources(kube, objectPlans)])
  return { users: users.found, given: given.found, unseen: [...users.unseen, ...given.unseen] }
}
