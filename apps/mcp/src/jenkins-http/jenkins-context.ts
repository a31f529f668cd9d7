import type { ToolContext } from '../tool/tool-context.ts'
import type { JenkinsAddress } from './credentials.ts'
import type { JenkinsConnection } from './jenkins-connection.ts'

/** What a tool about Jenkins sees beside its arguments: a way to read. What it may write is its plan's alone. */
export type JenkinsContext = ToolContext & {
  jenkins(address: JenkinsAddress): Promise<Pick<JenkinsConnection, 'get' | 'size'>>
}
