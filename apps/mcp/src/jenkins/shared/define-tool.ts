import type { JenkinsContext } from '../../jenkins-http/jenkins-context.ts'
import { toolDefiner } from '../../tool/define-tool.ts'

/** Defines a tool about a Jenkins. */
export const defineTool = toolDefiner<JenkinsContext>('jenkins')
