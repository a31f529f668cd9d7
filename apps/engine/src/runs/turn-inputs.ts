import type { AgentPorts } from '@fairlead/agent/ports'
import { whyReadOnly } from '../auth/why-read-only.ts'
import type { RunUser } from '../calls/run-user.ts'
import type { Db } from '../db/database.ts'
import { readEntries } from '../event-log/record/read-entries.ts'
import type { ToolServer } from '../mcp-client/connect-tools.ts'
import type { RunParts } from './run-parts.ts'
import type { Opening } from './start-run.ts'

type Ports = {
  db: Db
  conversation: { id: string; maxMessages: number }
  person: { user: RunUser }
  readPerson(): Promise<RunUser | undefined>
  listTools(): ReturnType<ToolServer['list']>
  clusterFacts: RunParts['clusterFacts']
  log: { warn(fields: object, sentence: string): void }
}

/** What a model turn is made of. The opening serves the first turn, every later one reads for itself. */
export function createTurnInputs(
  { db, conversation, person, readPerson, listTools, clusterFacts, log }: Ports,
  opening: Opening | undefined,
): Pick<AgentPorts, 'requester' | 'conversation' | 'catalogue' | 'clusterFacts'> {
  let knownUser = opening?.user
  let knownConversation = opening?.conversation
  /** Of this turn: the graph asks for the requester before it asks for the facts of their clusters. */
  let reading: Promise<RunUser | undefined> | undefined
  return {
    requester: async () => {
      reading = knownUser ? Promise.resolve(knownUser) : readPerson()
      knownUser = undefined
      const user = await reading
      // A right that was taken away since the last turn is in no call of this one.
      if (user !== undefined) person.user = user
      return { viewOnly: user === undefined || whyReadOnly(user) !== undefined }
    },
    conversation: async () => {
      const known = knownConversation
      knownConversation = undefined
      return known ?? (await readEntries(db, conversation.id, conversation.maxMessages))
    },
    catalogue: async () => {
      try {
        return await listTools()
      } catch (error) {
        // A server that does not answer costs its tools, not the run.
        log.warn({ err: error }, 'The tool server did not list its tools')
        return []
      }
    },
    clusterFacts: async () => clusterFacts((await reading) ?? person.user),
  }
}
