import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { metaKeys, type ToolAnswer } from '@fairlead/contract/tool/tool-meta'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { helmPath, requireHelm } from '@fairlead/testing/cluster/helm-path'
import { type ChartServer, packChart, startChartServer, webChart, writeChart } from '@fairlead/testing/helm/charts'
import { helmMajors } from '@fairlead/testing/helm/helm-majors'
import { runHelm } from '@fairlead/testing/helm/run-helm'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Args, startTestMcp, type TestMcp } from '../fixtures/mcp-server.fixture.ts'
import { clusterState } from '../fixtures/tools/cluster-state.fixture.ts'

import { wrappedHelm } from '../fixtures/tools/helm-wrapper.fixture.ts'

let api: ApiServer
let charts: ChartServer
let chart: string
beforeAll(async () => {
  api = await sharedApiServer()
  requireHelm()
  charts = await startChartServer({ 'web-1.0.0.tgz': webChart() })
  chart = `${charts.url}/web-1.0.0.tgz`
})
afterAll(() => charts?.[Symbol.asyncDispose]())

/** A server whose helm is a script around the real one. */
async function behind(major: 3 | 4, script: string) {
  const namespace = await api.newNamespace('process')
  const { path, folder } = await wrappedHelm(major, script)
  const env = {
    PATH: path,
    MCP_HELM_ALLOWED_REGISTRIES: charts.url,
    MCP_HELM_ALLOW_HTTP: 'true',
    MCP_DEFAULT_NAMESPACE: namespace,
  }
  const mcp = await startTestMcp(api.kubeconfig, { env })
  const recordsOf = async (release: string) => {
    const query = `labelSelector=${encodeURIComponent(`owner=helm,name=${release}`)}`
    const { body } = await api.request('GET', `/api/v1/namespaces/${namespace}/secrets?${query}`)
    const items = (body as { items: { metadata: { labels: Record<string, string> } }[] }).items
    return items.map(({ metadata: { labels } }) => `${labels.version} ${labels.status}`)
  }
  return { mcp, namespace, folder, recordsOf }
}

const granted = (mcp: TestMcp, tool: string, args: Args, preview: ToolAnswer) =>
  mcp.call(tool, args, { [metaKeys.grant]: mcp.engine.grant({ tool, args, preview }) })

describe.each(helmMajors)('helm %i as a process', (major) => {
  it('has no credential, no environment but what is said, no flag but those of its verb, and speaks to loopback alone', async () => {
    const { mcp, folder } = await behind(
      major,
      'env > "$FOLDER/env.$MODE"; printf "%s\\n" "$@" >> "$FOLDER/argv.$MODE"; [ -n "$KUBECONFIG" ] && cat "$KUBECONFIG" > "$FOLDER/kubeconfig.$MODE" && stat -c %a "$KUBECONFIG" > "$FOLDER/mode.$MODE"; pwd > "$FOLDER/pwd.$MODE"',
    )
    const args = { release_name: 'web', chart, values: 'color: red' }
    const { result } = await mcp.approveAndRun('helm_install_with_values', args)
    expect(result.outcome, result.output).toBe('succeeded')
    for (const mode of ['read', 'write']) {
      const text = async (name: string) => readFile(join(folder, `${name}.${mode}`), 'utf8')
      const names = (await text('env')).split('\n').flatMap((line) => /^([A-Za-z_]+)=/.exec(line)?.[1] ?? [])
      // The shell of the wrapper adds its own.
      const own = ['PWD', 'OLDPWD', 'SHLVL', '_', 'HELM', 'FOLDER', 'MODE']
      expect(names.filter((name) => !own.includes(name)).toSorted()).toEqual([
        'HELM_CACHE_HOME',
        'HELM_CONFIG_HOME',
        'HELM_DATA_HOME',
        'HELM_DRIVER',
        'HELM_PLUGINS',
        ...(mode === 'write' || (await text('env')).includes('KUBECONFIG=') ? ['KUBECONFIG'] : []),
        'PATH',
      ])
      const kubeconfig = JSON.parse(await text('kubeconfig'))
      expect(kubeconfig.clusters).toEqual([
        { name: 'forwarder', cluster: { server: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{48}$/) } },
      ])
      expect(kubeconfig.users).toEqual([{ name: 'nobody', user: {} }])
      expect((await text('mode')).trim()).toBe('600')
      const flags = (await text('argv')).split('\n').filter((word) => word.startsWith('-'))
      const allowed =
        /^--(?:namespace=|create-namespace$|values=-$|dry-run=server$|output=json$|timeout=\d+s$|wait$|destination=|template=|$)/
      expect(flags.filter((flag) => !allowed.test(flag))).toEqual([])
    }
    await mcp.close()
  }, 60_000)

  it('that ignores a dry run writes nothing: the forwarder passes reads alone', async () => {
    const { mcp, namespace, recordsOf } = await behind(
      major,
      // Every argument but those that make it a dry run.
      'case "$*" in *--dry-run*) for a in "$@"; do shift; case "$a" in --dry-run*) ;; *) set -- "$@" "$a" ;; esac; done ;; esac',
    )
    const before = await clusterState(api, namespace)
    const preview = await mcp.preview('helm_install', { release_name: 'web', chart })
    expect(preview).toMatchObject({ error: true, output: expect.stringContaining('a preview writes nothing') })
    expect(await clusterState(api, namespace)).toEqual(before)
    expect(await recordsOf('web')).toEqual([])
    await mcp.close()
  }, 60_000)

  it('that renders otherwise once it writes is stopped before anything of the chart is touched', async () => {
    const evil = await writeChart(
      webChart('1.0.0', { 'templates/evil.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: evil }\n' }),
    )
    const { mcp, namespace, recordsOf } = await behind(
      major,
      `if [ $MODE = write ]; then for last in "$@"; do :; done; set -- $(printf '%s\\n' "$@" | sed "s#^$last\\$#${evil}#"); fi`,
    )
    const before = await clusterState(api, namespace)
    const { result } = await mcp.approveAndRun('helm_install', { release_name: 'web', chart })
    expect(result).toMatchObject({
      outcome: 'failed',
      output: expect.stringContaining('helm renders ConfigMap evil, which was not approved'),
    })
    expect(await clusterState(api, namespace)).toEqual(before)
    expect(await recordsOf('web')).toEqual([])
    await mcp.close()
  }, 60_000)

  it('that comes second writes nothing: whoever makes the record of the next revision first, wins', async () => {
    const { mcp, namespace, folder, recordsOf } = await behind(
      major,
      '[ $MODE = write ] && [ -x "$FOLDER/overtake" ] && "$FOLDER/overtake"; :',
    )
    await mcp.approveAndRun('helm_install', { release_name: 'web', chart })
    const own = await writeChart(webChart())
    const overtake = [
      '#!/bin/sh',
      `rm "${folder}/overtake"`,
      `HOME=${folder} KUBECONFIG=${api.kubeconfig} HELM_CACHE_HOME=${folder} HELM_CONFIG_HOME=${folder} HELM_DATA_HOME=${folder} "$HELM_REAL" upgrade --namespace=${namespace} --set=color=green web ${own} > "${folder}/overtaken" 2>&1`,
    ]
    await writeFile(
      join(folder, 'overtake'),
      overtake.join('\n').replace('"$HELM_REAL"', join(await helmPath(major), 'helm')),
    )
    await chmod(join(folder, 'overtake'), 0o755)
    const args = { release_name: 'web', chart, values: 'color: red' }
    const { result } = await mcp.approveAndRun('helm_upgrade', args)
    expect(result, JSON.stringify(result)).toMatchObject({ outcome: 'stale', objects: [] })
    expect(await recordsOf('web')).toEqual(['1 superseded', '2 deployed'])
    expect((await mcp.call('helm_get_values', { release_name: 'web' })).output).toContain('green')
    await mcp.close()
  }, 60_000)

  it('that would delete what came into its way while it ran is stopped', async () => {
    const wait =
      'if [ "$MODE" = write ]; then touch "$FOLDER/begun"; while [ ! -e "$FOLDER/go" ]; do sleep 0.1; done; fi'
    const { mcp, namespace, folder } = await behind(major, wait)
    const hook = `apiVersion: v1
kind: ConfigMap
metadata: { name: late, annotations: { "helm.sh/hook": pre-install } }
`
    charts.archives.set(`late${major}-1.0.0.tgz`, await packChart(webChart('1.0.0', { 'templates/hook.yaml': hook })))
    const args = { release_name: 'late', chart: `${charts.url}/late${major}-1.0.0.tgz` }
    const running = granted(mcp, 'helm_install', args, await mcp.preview('helm_install', args))
    await expect.poll(() => existsSync(join(folder, 'begun')), { timeout: 20_000 }).toBe(true)
    const late = { metadata: { name: 'late' }, data: { precious: 'yes' } }
    const path = `/api/v1/namespaces/${namespace}/configmaps`
    expect((await api.request('POST', path, late)).status).toBe(201)
    await writeFile(join(folder, 'go'), '')
    const result = await running
    expect(result).toMatchObject({ outcome: 'failed' })
    expect(result.output).toContain(`deleting namespaces/${namespace}/configmaps/late was not approved`)
    expect((await api.request('GET', `${path}/late`)).body).toMatchObject({ data: { precious: 'yes' } })
    await mcp.close()
  }, 60_000)

  it('that begins after the time of its approval writes nothing, which is a failure and no unknown end', async () => {
    const { mcp, recordsOf } = await behind(major, '[ "$MODE" = write ] && sleep 12')
    const args = { release_name: 'slow', chart }
    const preview = await mcp.preview('helm_install', args)
    const exp = Math.floor(Date.now() / 1000) + 10
    const grant = mcp.engine.grant({ tool: 'helm_install', args, preview }, { claims: { exp } })
    const result = await mcp.call('helm_install', args, { [metaKeys.grant]: grant })
    expect(result).toMatchObject({ outcome: 'failed', code: 'Refused' })
    expect(result.output).toContain('the time of the approval was over before the write could be sent')
    expect(await recordsOf('slow')).toEqual([])
    await mcp.close()
  }, 60_000)

  it('that is cut off with its server closes its record, and its end is unknown, no failure', async () => {
    const { mcp, recordsOf } = await behind(major, ':')
    const stuck = await packChart(
      webChart('1.0.0', {
        'values.yaml': 'replicas: 1\nimage: web:1\ncolor: blue\npassword: nobody-knows\n',
        'templates/never.yaml': neverReady,
      }),
    )
    charts.archives.set(`stuck${major}-1.0.0.tgz`, stuck)
    const args = {
      release_name: 'stuck',
      chart: `${charts.url}/stuck${major}-1.0.0.tgz`,
      wait: true,
      timeout_seconds: 200,
    }
    const preview = await mcp.preview('helm_install', args)
    const running = granted(mcp, 'helm_install', args, preview)
    await expect.poll(() => recordsOf('stuck'), { timeout: 20_000 }).toEqual(['1 pending-install'])
    const closing = mcp.close()
    const result = await running
    await closing
    expect(result.outcome, result.output).toBe('unknown')
    expect(await recordsOf('stuck')).toEqual(['1 failed'])
  }, 60_000)

  it('that is killed has an unknown end; the next change waits until a rollback has cleared it', async () => {
    const { mcp, folder, recordsOf, namespace } = await behind(
      major,
      'if [ $MODE = write ] && [ -e "$FOLDER/kill" ]; then "$HELM" "$@" & echo $! > "$FOLDER/pid"; wait $!; exit $?; fi',
    )
    await mcp.approveAndRun('helm_install', { release_name: 'web', chart })
    await writeFile(join(folder, 'kill'), '')
    const hook = `apiVersion: batch/v1
kind: Job
metadata: { name: hook, annotations: { "helm.sh/hook": pre-upgrade, "helm.sh/hook-delete-policy": before-hook-creation } }
spec: { template: { spec: { restartPolicy: Never, containers: [{ name: a, image: "a:simulate-hang" }] } } }
`
    charts.archives.set('hanging-1.0.0.tgz', await packChart(webChart('1.1.0', { 'templates/hook.yaml': hook })))
    const args = { release_name: 'web', chart: `${charts.url}/hanging-1.0.0.tgz` }
    const preview = await mcp.preview('helm_upgrade', args)
    const running = granted(mcp, 'helm_upgrade', args, preview)
    await expect.poll(() => recordsOf('web'), { timeout: 30_000 }).toContain('2 pending-upgrade')
    await sleep(300)
    process.kill(Number(await readFile(join(folder, 'pid'), 'utf8')), 'SIGKILL')
    const result = await running
    expect(result, result.output).toMatchObject({ outcome: 'unknown', code: 'Unknown' })
    expect(await mcp.verify('helm_upgrade', args, preview)).toMatchObject({
      verification: { verdict: expect.stringMatching(/^(?:not_yet|differs|unreadable)$/) },
    })

    const again = await mcp.preview('helm_upgrade', args)
    expect(again).toMatchObject({ code: 'Conflict', output: expect.stringContaining('pending-upgrade since') })
    expect(again.output).toContain('helm_rollback clears it')
    const back = await mcp.approveAndRun('helm_rollback', { release_name: 'web', revision: 1 })
    expect(back.result.outcome, back.result.output).toBe('succeeded')
    expect((await mcp.preview('helm_upgrade', args)).error).toBe(false)
    await api.request('DELETE', `/apis/batch/v1/namespaces/${namespace}/jobs/hook?propagationPolicy=Background`)
    await mcp.close()
  }, 90_000)
})

it('reads the records of both versions of helm, plain ones, big ones, and reports broken ones one by one', async () => {
  const namespace = await api.newNamespace('records')
  const mcp = await startTestMcp(api.kubeconfig, { env: { PATH: '/nowhere', MCP_DEFAULT_NAMESPACE: namespace } })
  const own = await writeChart(webChart())
  await runHelm(3, api, ['install', `--namespace=${namespace}`, 'by-three', own])
  await runHelm(4, api, ['install', `--namespace=${namespace}`, 'by-four', own])
  const store = async (release: string, text: string, status = 'deployed') => {
    const { status: code } = await api.request('POST', `/api/v1/namespaces/${namespace}/secrets`, {
      metadata: {
        name: `sh.helm.release.v1.${release}.v1`,
        labels: { owner: 'helm', name: release, version: '1', status, modifiedAt: '1700000000' },
      },
      type: 'helm.sh/release.v1',
      data: { release: Buffer.from(text).toString('base64') },
    })
    expect(code).toBe(201)
  }
  const plain = (release: string, more: object = {}) =>
    Buffer.from(
      JSON.stringify({
        name: release,
        namespace,
        version: 1,
        info: { status: 'deployed', last_deployed: '2023-11-14T22:13:20Z' },
        chart: { metadata: { name: 'old', version: '0.1.0' } },
        manifest: '',
        ...more,
      }),
    ).toString('base64')
  await store('plain', plain('plain'))
  await store('broken', 'not base64 of anything')
  await store('no-gzip', Buffer.from([0x1f, 0x8b, 0x08, 1, 2, 3]).toString('base64'))
  await store('stuck', plain('stuck', { info: { status: 'pending-upgrade' } }), 'pending-upgrade')
  // As helm packs it, this fills a Secret of 1 MiB nearly to its end: random text shrinks by a quarter and grows by a third.
  const blob = randomBytes(768_000).toString('base64')
  const packed = gzipSync(Buffer.from(plain('big', { config: { blob } }), 'base64')).toString('base64')
  expect(packed.length).toBeGreaterThan(1_000_000)
  await store('big', packed)
  const { data, warnings } = await mcp.call('helm_list_releases', {})
  expect(
    ((data?.rows ?? []) as Record<string, string>[]).map(({ NAME, STATUS, CHART }) => [NAME, STATUS, CHART]),
  ).toEqual([
    ['big', 'deployed', 'old-0.1.0'],
    ['broken', 'unreadable', ''],
    ['by-four', 'deployed', 'web-1.0.0'],
    ['by-three', 'deployed', 'web-1.0.0'],
    ['no-gzip', 'unreadable', ''],
    ['plain', 'deployed', 'old-0.1.0'],
    ['stuck', 'pending-upgrade', 'old-0.1.0'],
  ])
  expect(warnings).toEqual([
    expect.stringMatching(/^"stuck": Revision 1 has been pending-upgrade for .*: an operation was broken off/),
  ])
  expect(await mcp.call('helm_status', { release_name: 'broken' })).toMatchObject({ code: 'Invalid' })
  expect((await mcp.call('helm_get_values', { release_name: 'big' })).truncated).toBe(true)
  expect((await mcp.call('helm_status', { release_name: 'nope' })).output).toMatch(
    /^NotFound: there is no release "nope" in namespace /,
  )
  await mcp.close()
}, 60_000)

/** No node has what it asks for. */
const neverReady = `apiVersion: apps/v1
kind: Deployment
metadata: { name: "{{ .Release.Name }}-never" }
spec:
  replicas: 1
  selector: { matchLabels: { app: never } }
  template:
    metadata: { labels: { app: never } }
    spec: { nodeSelector: { no: such }, containers: [{ name: a, image: "a:1" }] }
`
