import type { approvalEndpoints } from '@fairlead/contract/endpoints/approvals'
import type { Endpoints } from '@fairlead/contract/endpoints/endpoints'
import { Refusal } from '@fairlead/contract/errors'
import { whyReadOnly } from '../auth/why-read-only.ts'
import type { AuthenticatedUser } from '../http/authenticated-user.ts'
import type { Handlers } from '../http/handlers.ts'
import { type Decided, decide } from './decide.ts'
import { findCall } from './find-call.ts'
import { currentItem, type DecideContext } from './find-decidable.ts'
import { readInbox } from './inbox.ts'
import { readApproval } from './read-approvals.ts'
import { unmask } from './unmask.ts'

type ApprovalEndpoints = keyof typeof approvalEndpoints

export type ApprovalPorts = DecideContext & {
  /** Tells everybody concerned, and wakes the run of each conversation once. */
  afterDecisions(decided: readonly Decided[], decider: AuthenticatedUser & { address: string }): Promise<void>
}

export function approvalHandlers(ports: ApprovalPorts): Pick<Handlers<Endpoints>, ApprovalEndpoints> {
  const { db, people } = ports
  return {
    listApprovals: ({ user, query }) =>
      readInbox(
        db,
        { userId: user.id, viewOnly: whyReadOnly(user) !== undefined, limit: query.limit, cursor: query.cursor },
        people,
      ),
    getApproval: async ({ user, params }) => {
      const { call, origin } = await findCall(ports, params.call_id, user)
      return await currentItem(ports, call, origin)
    },
    getUnmasked: ({ user, params, address }) =>
      unmask(ports, { callId: params.call_id, decider: { ...user, address } }),
    getDiff: async ({ user, params, query }) => {
      const { call } = await findCall(ports, params.call_id, user)
      const approval = await readApproval(db, call.call_id, call.revision)
      const diff = approval?.effect?.objects[query.object]?.diff
      if (diff === undefined) throw new Refusal('notFound')
      const lines = diff.split('\n')
      const { object, from } = query
      return { object, from, lines: lines.slice(from, from + query.lines), total: lines.length }
    },
    decideApproval: async ({ user, params, input, address }) => {
      const decider = { ...user, address }
      const decided = await decide(ports, { callId: params.call_id, decider, decision: input })
      await ports.afterDecisions([decided], decider)
      const { status, votes, required } = decided
      return { status, votes, required }
    },
    decideApprovals: async ({ user, input, address }) => {
      const decider = { ...user, address }
      const results = []
      const taken: Decided[] = []
      for (const { call_id, ...decision } of input.decisions) {
        try {
          const decided = await decide(ports, { callId: call_id, decider, decision })
          taken.push(decided)
          results.push({ call_id, status: decided.status })
        } catch (error) {
          if (!(error instanceof Refusal)) throw error
          results.push({ call_id, error: { status: error.status, ...error.body } })
        }
      }
      await ports.afterDecisions(taken, decider)
      return { results }
    },
  }
}
