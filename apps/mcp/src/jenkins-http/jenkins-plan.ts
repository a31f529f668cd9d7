import type { ObjectPlan, Plan } from '../target/plan.ts'
import type { JenkinsAddress } from './credentials.ts'
import type { JenkinsConnection } from './jenkins-connection.ts'

export type JenkinsPlan = Plan<JenkinsObjectPlan>

/** Something of a Jenkins, and what is done to it. Jenkins can try nothing out, and guards nothing by a precondition. */
export type JenkinsObjectPlan = ObjectPlan & {
  basis: 'external'
  address: JenkinsAddress
  /** Carried out once. Resolves when it succeeded; ToolError: it failed; AnswerLost: nobody knows. */
  act(connection: JenkinsConnection): Promise<void>
}

export const JENKINS_API_VERSION = 'jenkins.io/v1'
