import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { expect, test } from 'vitest'
import { startTestMcp } from '../../fixtures/mcp-server.fixture.ts'
import { startRecordingProxy } from '../../fixtures/recording-proxy.fixture.ts'
import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { answersOfKubelet } from '../../fixtures/tools/kubelet-answers.fixture.ts'
import { kubeletOf } from '../../fixtures/tools/named-objects.fixture.ts'
import { letters } from '../../fixtures/tools/sentences.fixture.ts'
import { k8sNodeStats } from './node-stats.ts'

const MI = 1024 * 1024
const pod = (name: string, mebibytes: number) => ({
  podRef: { name, namespace: 'shop' },
  cpu: { usageNanoCores: 250_000_000 },
  memory: { workingSetBytes: mebibytes * MI },
})
const summary = {
  node: {
    cpu: { usageNanoCores: 1_500_000_000, psi: { some: { avg10: 12.5, avg60: 8, avg300: 2 } } },
    memory: { workingSetBytes: 900 * MI, availableBytes: 100 * MI },
    fs: { usedBytes: 10 * MI, availableBytes: 30 * MI, capacityBytes: 40 * MI },
    rlimit: { curproc: 311, maxpid: 32_768 },
  },
  pods: [pod('small', 10), pod('large', 700), pod('middle', 100)],
}

describeTool(k8sNodeStats, {
  minimal: { node_name: 'node-1' },
  good: ({ openNode }) => ({ node_name: openNode }),
  needs: 'kubelet',
  names: kubeletOf,
  bad: [
    ['name', { node_name: '../x' }, `node_name "../x" is not a name. ${letters}`],
    ['number', { limit: 0 }, 'limit must be between 1 and 100, got 0.'],
  ],
})

test('k8s_node_stats shows the node, what waits, and its largest pods first', async () => {
  const proxy = await startRecordingProxy(await sharedApiServer())
  const mcp = await startTestMcp(proxy.kubeconfig, { env: { MCP_TOOLSETS: 'nodes' } })
  try {
    proxy.interfere(answersOfKubelet(() => summary))
    const { output, total_items, returned_items } = await mcp.call('k8s_node_stats', { node_name: 'node-1', limit: 2 })
    expect([total_items, returned_items], output).toEqual([3, 2])
    expect(output).toMatch(/CPU: +1500m/)
    expect(output).toMatch(/MEMORY: +900Mi used, 100Mi available/)
    expect(output).toMatch(/DISK: +10Mi used, 30Mi available of 40Mi/)
    expect(output).toMatch(/PROCESSES: +311 of 32768/)
    expect(output).toContain('cpu, some: 12.5 % / 8 % / 2 %')
    expect(output).toMatch(/large +250m +700Mi[\s\S]*middle +250m +100Mi/)
    expect(output).not.toContain('small')
  } finally {
    await mcp.close()
    await proxy.close()
  }
})
