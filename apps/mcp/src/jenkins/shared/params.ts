import { buildName, jenkinsUrl, jobName, secretRef, treeExpression } from '../../input/jenkins.ts'
import { optional, required } from '../../input/parameter.ts'
import { bool, integer, text } from '../../input/reader.ts'
import type { JenkinsAddress } from '../../jenkins-http/credentials.ts'

/** Set by the engine from the integration; a model never sees them. */
export const apiUrl = required('api_url', text(jenkinsUrl))
export const credentialsRef = required('credentials_ref', text(secretRef))

export const job = required('jobFullName', text(jobName))

export const tree = (byDefault: string) => optional('tree', text(treeExpression), byDefault)

/** Of tools whose wire takes names of builds, too. */
export const anyBuild = optional('build', text(buildName), 'lastBuild')

/** Of tools whose wire takes numbers alone; null is the last build. */
export const buildNumber = optional('build', integer(1, 2_147_483_647), null)

export const verifiesTls = optional('verify', bool, true)

export function addressOf({
  api_url,
  credentials_ref,
  verify = true,
}: {
  api_url: string
  credentials_ref: JenkinsAddress['ref']
  verify?: boolean
}): JenkinsAddress {
  return { url: api_url, ref: credentials_ref, verifiesTls: verify }
}

export function buildOf(build: number | null): string {
  return build === null ? 'lastBuild' : String(build)
}
