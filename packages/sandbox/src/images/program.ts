/** What a program does, as the sandbox plays it: nothing is ever run. */
export type Program = {
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

/** An image of the registry that the cluster pulls from, with the program that is in it. */
export type Image = {
  /** Without its tag: `registry.acme.example/shop/cart`. */
  name: string
  /** The tags that there are. No other one can be pulled. */
  tags: readonly string[]
  program: Program
  /** Other programs of the same image, by the words that a container is started with. */
  commands?: Readonly<Record<string, Program>>
}
