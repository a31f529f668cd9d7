/**
 * What the program in a container does, as the sandbox plays it: nothing is ever run. It stands in an annotation of the
 * pod, so that it comes with the manifest; a real cluster takes no notice of it. It describes the program and never a
 * fault: whether a container fails follows from this together with its image, environment, probes and limits.
 */
export type Program = {
  /**
   * Tags of the container's image that its registry has. Any other one cannot be pulled. Left out: every tag can be, but
   * `does-not-exist` and `no-such-tag`.
   */
  tags?: readonly string[]
  /** The port it serves HTTP and TCP on; a probe or a connection to another one is refused. Left out: it serves none. */
  listens?: number
  /** Environment variables without which it exits with code 1 at once, with a log line that names the first one missing. */
  needsEnv?: readonly string[]
  /** What it takes at work, such as `180Mi`; over the container's limit it is killed (`OOMKilled`, exit code 137). */
  memory?: string
  /**
   * Names of environment variables that hold the address of a Service (`http://payments:8080`, `payments:8080`,
   * `postgres://db.shop.svc:5432/x`). It connects to each. An address that leads to no ready endpoint, to a port that the
   * Service does not have, or to a port on which the pods behind it do not listen is refused: it then logs
   * `connect ECONNREFUSED <host>:<port>` with the variable's name every few seconds and answers its readiness probe with 503.
   */
  calls?: readonly string[]
  /** It ends by itself: after so many seconds, with this exit code. For Jobs. */
  ends?: { afterSeconds: number; code: number }
  /** What it logs when it has started, line by line. */
  says?: readonly string[]
}

/** Annotation of a pod: JSON, a Program by container name. A container without one runs, listens everywhere and is silent. */
export const PROGRAMS = 'sandbox.fairlead.dev/programs'
