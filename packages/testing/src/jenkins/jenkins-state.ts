export type JenkinsParameter = {
  name: string
  type: 'String' | 'Boolean' | 'Choice' | 'Text' | 'Password' | 'File'
  description?: string
  default?: unknown
  choices?: string[]
}

export type JenkinsBuild = {
  number: number
  building: boolean
  result: string | null
  timestamp: number
  duration: number
  displayName: string
  description: string | null
  log: string
  parameters: Record<string, string>
  /** What Jenkins lists of it beside: `changeSets`, `actions`, `artifacts`. */
  more: Record<string, unknown>
  /** What the pages of plugins say below it: `wfapi/describe`, `testReport`. */
  pages: Record<string, object>
}

export type JenkinsJob = {
  parameters: JenkinsParameter[]
  builds: JenkinsBuild[]
  buildable: boolean
  configXml: string
  /** What Jenkins lists of it beside: `scm`, `_class`. */
  more: Record<string, unknown>
}

export type JenkinsQueueItem = { id: number; job: string; why: string | null; cancelled: boolean; build?: number }

export type JenkinsRequest = {
  method: string
  /** With its query. */
  path: string
  authorization: string | undefined
  crumb: string | undefined
  userAgent: string | undefined
  form: Record<string, string>
}

/** What goes wrong, until it is set back. */
export type JenkinsFaults = {
  /** The answer to a POST is never sent, though it was done. */
  losesAnswers?: boolean
  /** Called with each POST to a job; what is sent is done when it resolves. */
  holdsPosts?: () => Promise<unknown>
  /** Every GET is answered with a redirect there. */
  redirectsTo?: string
  /** `Location` of a new queue item, in place of its own. */
  queueLocation?: string
  /** Crumbs that were given out before are no longer valid. */
  forgetsCrumbs?: boolean
  /** Status of every POST to a job. */
  refusesWith?: number
}

/** What a Jenkins holds, and how it behaves. */
export type JenkinsState = {
  url: string
  user: { name: string; token: string }
  /** By full name: `shop/web build`. Folders are there with what is in them. */
  jobs: Map<string, JenkinsJob>
  queue: JenkinsQueueItem[]
  /** Those that builds run on, as Jenkins lists them. */
  nodes: object[]
  /** All requests in their order: its own audit log. */
  requests: JenkinsRequest[]
  faults: JenkinsFaults
  /** Whether a POST needs a crumb. */
  needsCrumb: boolean
}

export function newBuild(number: number, build: Partial<JenkinsBuild> = {}): JenkinsBuild {
  return {
    number,
    building: true,
    result: null,
    timestamp: 1_790_000_000_000 + number * 60_000,
    duration: 0,
    displayName: `#${number}`,
    description: null,
    log: 'Started by user Deployer\n',
    parameters: {},
    more: {},
    pages: {},
    ...build,
  }
}
