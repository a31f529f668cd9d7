import type { JobName } from '../input/jenkins.ts'

/** `/job/Folder/job/Sub/job/Job`, each part encoded. */
export function jobPath({ parts }: JobName): string {
  return parts.map((part) => `/job/${encodeURIComponent(part)}`).join('')
}

export function buildPath(job: JobName, build: string): string {
  return `${jobPath(job)}/${build}`
}

/** `?tree=…` behind `/api/json`. */
export function apiPath(path: string, tree: string): string {
  return `${path}/api/json?tree=${encodeURIComponent(tree)}`
}
