import { injectedArguments } from '@fairlead/contract/tool/injected-arguments'
import type { JsonSchema } from '@fairlead/contract/tool/tool-meta'
import type { Db } from '../db/database.ts'
import type { CallFault } from '../mcp-client/call-answer.ts'
import type { CallArguments, ToolServer } from '../mcp-client/connect-tools.ts'
import type { ListedTool } from '../mcp-client/to-catalogue-tool.ts'
import { type IntegrationRow, readIntegrations } from './integration-rows.ts'
import { jenkinsArguments } from './jenkins-arguments.ts'

const NOT_CONFIGURED =
  'Jenkins is not configured. An administrator can set it up on the page "Integrations" (/api/v1/integrations).'

type Ports = { db: Db; log: { warn(fields: object, sentence: string): void } }

/**
 * The tool server with what integrations give its calls: address and login of Jenkins are in no schema, and are always
 * set here, whatever somebody else has said. Without an active integration its tools are not available.
 */
export function withIntegrations(server: ToolServer, { db, log }: Ports): ToolServer {
  /** Undefined also when it cannot be read. */
  const activeJenkins = async (): Promise<IntegrationRow | undefined> => {
    try {
      const [row] = await readIntegrations(db, 'jenkins')
      return row?.status === 'active' ? row : undefined
    } catch (error) {
      log.warn({ err: error }, 'The integrations cannot be read')
      return undefined
    }
  }
  const isJenkins = isJenkinsTool()
  /** Undefined where a call needs an integration that is not there. */
  const sent = async (name: string, args: CallArguments): Promise<CallArguments | undefined> => {
    if (!isJenkins.byName(name)) return args
    const row = await activeJenkins()
    return row && { ...args, ...jenkinsArguments(row) }
  }
  return {
    ...server,
    list: async (signal) => {
      const listed = await server.list(signal)
      isJenkins.learn(listed)
      const row = await activeJenkins()
      return listed.map((tool) => {
        if (!isJenkins.byName(tool.name)) return tool
        const shown = { ...tool, inputSchema: withoutInjected(tool.inputSchema) }
        return row === undefined ? { ...shown, unavailable: NOT_CONFIGURED } : shown
      })
    },
    sentArguments: async (name, args) => (await sent(name, args)) ?? args,
    call: async (call) => {
      const args = await sent(call.name, call.args)
      return args === undefined ? notConfigured : await server.call({ ...call, args })
    },
  }
}

const notConfigured: CallFault = { kind: 'not-configured', sent: false, sentence: NOT_CONFIGURED }

/** By prefix or tag; tags are known once the tools have been listed. */
function isJenkinsTool() {
  let tagged: ReadonlySet<string> = new Set()
  return {
    byName: (name: string) => name.startsWith('jenkins_') || tagged.has(name),
    learn: (listed: readonly ListedTool[]) => {
      tagged = new Set(listed.flatMap(({ name, tags }) => (tags.includes('jenkins') ? [name] : [])))
    },
  }
}

function withoutInjected(schema: JsonSchema): JsonSchema {
  const {
    properties = {},
    required = [],
    ...rest
  } = schema as {
    properties?: Record<string, unknown>
    required?: string[]
  }
  return {
    ...rest,
    properties: Object.fromEntries(Object.entries(properties).filter(([name]) => !injectedArguments.has(name))),
    required: required.filter((name) => !injectedArguments.has(name)),
  }
}
