import type { EffectObject } from '@fairlead/contract/effect/effect'
import { AnswerLost } from '../target/answer-lost.ts'
import { refOfObject } from '../target/object-written.ts'
import type { Sending, TargetSystem } from '../target/target-system.ts'
import { ToolError } from '../tool/tool-error.ts'
import type { JenkinsAddress } from './credentials.ts'
import type { JenkinsConnection } from './jenkins-connection.ts'
import type { JenkinsObjectPlan } from './jenkins-plan.ts'

/** A CI server, as the user of an integration, for one call. */
export function createJenkinsTarget(
  connect: (address: JenkinsAddress, mark: string) => Promise<JenkinsConnection>,
): TargetSystem<JenkinsObjectPlan> {
  return {
    heading: 'Jenkins',
    requireNamed: () => undefined,
    requireWritable: () => undefined,
    enforces: () => false,
    isByPosition: () => false,
    isOvertaken: () => false,
    pins: async () => ({}),
    surroundings: async () => ({ users: [], given: [], unseen: [] }),
    undoHere: (undo) => undo,
    // Jenkins decides by its own users, not by those of the cluster.
    rights: async (users) => users.map(({ sub }) => ({ user: sub, allowed: true, missing: [] })),
    async read() {
      throw new TypeError('Nothing of Jenkins is read by a write')
    },
    openSender: ({ requireTime, mark }) => ({
      async send(objectPlan, { tries }): Promise<Sending> {
        try {
          const connection = await connect(objectPlan.address, mark)
          requireTime()
          await objectPlan.act(connection)
          return { outcome: 'succeeded', tries }
        } catch (error) {
          if (error instanceof AnswerLost) return { outcome: 'unknown', lost: error, tries }
          if (error instanceof ToolError) return { outcome: 'failed', error, mayPlanAgain: false, tries }
          throw error
        }
      },
    }),
    // What a build has done is not known; what is there now may be somebody else's.
    verify: async (object: EffectObject) => ({
      verdict: { ref: refOfObject(object), verdict: 'unreadable', differences: [] },
    }),
  }
}
