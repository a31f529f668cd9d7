/** A test that cannot pass on the sandbox, for what that lacks. */
export type LeftOut = {
  /** Path in the repository. */
  file: string
  /** Names of the suites around the test and its own, joined by ` > `. Undefined: every test of the file. */
  test?: string
  /** The part that the sandbox does not have. */
  lacks: keyof typeof parts
}

const parts = {
  exec: 'commands in containers: programs are played, nothing is run',
  'port-forward': 'ports that lead into pods',
  'written logs': 'logs that somebody writes: what a container says is played from its start on',
  'autoscaling/v1': 'HorizontalPodAutoscalers in their first version',
  'admission policies': 'admission by policy: the sandbox knows no ValidatingAdmissionPolicy',
  'admission webhooks': 'the kinds of webhooks that are asked what is admitted, which are among the dangerous objects',
  'replication controllers': 'ReplicationControllers, which Deployments have replaced',
  'other custom resources': 'the custom resources that the simulated nodes of the real control plane bring',
}

/**
 * What is left out of a run on the sandbox. Such a test runs there all the same, and must fail: an entry that is needed
 * no more, or names no test, fails the run.
 */
export const leftOutOnSandbox: readonly LeftOut[] = [
  ...[
    'as a write > shows pod, container and exact words, runs them once, and tells both streams and the exit code',
    'as a write > hands every word on as it is',
    'as a write > whose limit is reached has an unknown end, and the output so far',
    'as a write > of a program that is not there was not begun',
    'as a write > is no failure for what it says on stderr',
    'a command that only looks > runs without a grant, as a read',
  ].map((test): LeftOut => ({ file: 'apps/mcp/src/kubernetes/write/exec.test.ts', test, lacks: 'exec' })),
  { file: 'apps/mcp/src/kubernetes/write/exec-live-output.test.ts', lacks: 'exec' },
  ...[
    'over stdio > opens local ports that lead to the pod, and closes them again',
    'over stdio > tells of a connection that the pod does not take',
    'over stdio > opens none where one is taken',
    'a server over stdio holds the ports as long as its host is there',
    'over HTTP > only finds out whether the ports answer, and needs a grant for it',
    'a Service and a Deployment > lead to a ready pod and to its own port',
  ].map(
    (test): LeftOut => ({ file: 'apps/mcp/src/kubernetes/write/port-forward.test.ts', test, lacks: 'port-forward' }),
  ),
  {
    file: 'apps/mcp/src/kubernetes/read/logs.test.ts',
    test: 'following shows each new line at once, and ends with its time',
    lacks: 'written logs',
  },
  {
    file: 'apps/mcp/src/kubernetes/read/logs.test.ts',
    test: 'since looks back no further than it says',
    lacks: 'written logs',
  },
  {
    file: 'apps/mcp/src/kubernetes/read/api-resources.test.ts',
    test: 'every type stands once, with all its versions, the preferred one first',
    lacks: 'autoscaling/v1',
  },
  {
    file: 'apps/mcp/src/kubernetes/write/apply-faults.test.ts',
    test: 'an apply of several objects > stops at the one that an admission policy refuses once it is no dry run',
    lacks: 'admission policies',
  },
  ...[
    'a ReplicationController is looked at, too',
    'to a user who may not read what a write goes together with > it is said which workloads may run it',
  ].map(
    (test): LeftOut => ({
      file: 'apps/mcp/src/kube/target/mounting-workloads.test.ts',
      test,
      lacks: 'replication controllers',
    }),
  ),
  { file: 'apps/mcp/src/gate/confirm/confirm-dangerous.test.ts', lacks: 'admission webhooks' },
  {
    file: 'apps/mcp/src/kubernetes/read/explain.test.ts',
    test: 'custom resources have theirs',
    lacks: 'other custom resources',
  },
]
