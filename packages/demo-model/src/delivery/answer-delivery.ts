import type { Plan } from '../plan/plan.ts'
import { explainBuild, listBuilds, listJobs, showLog, startBuild, stopBuild } from './build-plans.ts'
import type { Delivery } from './read-delivery.ts'
import { listReleases, readRelease, rollBackRelease, upgradeRelease } from './release-plans.ts'
import { changeRollout, listRollouts, showRollout, undoRollout } from './rollout-plans.ts'

/** The plan for what is asked of Argo Rollouts, Helm or Jenkins. */
export function answerDelivery(delivery: Delivery, offered: { offered: ReadonlySet<string> }): Plan<string> {
  switch (delivery.asks) {
    case 'rollouts':
      return listRollouts(delivery.namespace, offered)
    case 'rollout':
      return showRollout(delivery.at, offered)
    case 'promote':
    case 'promote fully':
    case 'abort':
    case 'retry':
      return changeRollout(delivery.asks, delivery.at, offered)
    case 'undo rollout':
      return undoRollout(delivery, offered)
    case 'releases':
      return listReleases(delivery.namespace, offered)
    case 'history':
    case 'values':
      return readRelease(delivery.asks, delivery.at, offered)
    case 'roll back release':
      return rollBackRelease(delivery, offered)
    case 'upgrade':
      return upgradeRelease(delivery, offered)
    case 'jobs':
      return listJobs(offered)
    case 'builds':
      return listBuilds(delivery.job, offered)
    case 'log':
      return showLog(delivery, offered)
    case 'cause':
      return explainBuild(delivery, offered)
    case 'build':
      return startBuild(delivery, offered)
    case 'stop build':
      return stopBuild(delivery, offered)
  }
}
