import { expect, test } from 'vitest'
import type { ReadTool, WriteTool } from '../define-tool.ts'
import { k8sApiResources } from './api-resources.ts'
import { k8sCanI } from './can-i.ts'
import { k8sCordon } from './cordon.ts'
import { k8sDelete } from './delete.ts'
import { k8sDescribe } from './describe.ts'
import { k8sEvents } from './events.ts'
import { k8sExplain } from './explain.ts'
import { k8sGet } from './get.ts'
import { k8sLogs } from './logs.ts'
import { k8sPatch } from './patch.ts'
import { k8sRolloutHistory } from './rollout-history.ts'
import { k8sRolloutRestart } from './rollout-restart.ts'
import { k8sRolloutStatus } from './rollout-status.ts'
import { k8sRolloutUndo } from './rollout-undo.ts'
import { k8sScale } from './scale.ts'
import { k8sSetImage } from './set-image.ts'
import { k8sTopNodes } from './top-nodes.ts'
import { k8sTopPods } from './top-pods.ts'
import { k8sUncordon } from './uncordon.ts'
import { waitForXSeconds } from './wait-for-x-seconds.ts'

const hostile = ['--help', '-x', 'a b', 'a --b=c', '../x', 'a\nb', '', 'a'.repeat(10_000)]
/** Taken literally, so most of these are fine there. */
const freeText = ['grep', 'exclude', 'continue_token', 'keyword']
const good: [ReadTool | WriteTool, Record<string, string | number>][] = [
  [k8sGet, { resource_type: 'pods' }],
  [k8sDescribe, { resource_type: 'pod', name: 'web' }],
  [k8sLogs, { pod_name: 'web' }],
  [k8sRolloutStatus, { name: 'web' }],
  [k8sRolloutHistory, { name: 'web', resource_type: 'deployment' }],
  [k8sEvents, {}],
  [k8sTopPods, {}],
  [k8sTopNodes, {}],
  [k8sApiResources, {}],
  [k8sExplain, { resource_type: 'pods' }],
  [k8sCanI, {}],
  [waitForXSeconds, { seconds: 1 }],
  [k8sScale, { resource_type: 'deployment', name: 'web', replicas: 3 }],
  [k8sSetImage, { resource_type: 'deployment', resource_name: 'web', container_images: 'app=nginx:1.27' }],
  [k8sPatch, { resource_type: 'deployment', name: 'web', patch: '{}' }],
  [k8sRolloutRestart, { name: 'web' }],
  [k8sRolloutUndo, { resource_type: 'deployment', name: 'web' }],
  [k8sCordon, { node_name: 'node-1' }],
  [k8sUncordon, { node_name: 'node-1' }],
  [k8sDelete, { resource_type: 'pod', name: 'web' }],
]

type Property = { type?: string; anyOf?: { type: string }[] }

const cases = good.flatMap(([tool, args]) => {
  const { properties } = tool.inputSchema as { properties: Record<string, Property> }
  return Object.entries(properties).map(([parameter, { type, anyOf }]) => ({
    tool,
    args,
    parameter,
    type: type ?? anyOf?.[0]?.type ?? '',
  }))
})

/** `dry_run` is the gate's, which reads it before the tool does; a document is judged as a whole by the tool. */
const judgedElsewhere = ['dry_run', 'patch']
const plain = cases.filter(({ parameter }) => ![...freeText, ...judgedElsewhere].includes(parameter))

test.each(plain)(
  '$tool.name refuses every hostile $parameter before anything is asked',
  ({ tool, args, parameter }) => {
    expect(() => tool.parse(args)).not.toThrow()
    for (const value of hostile) {
      const text = expect.stringMatching(new RegExp(`^${parameter} `))
      expect(() => tool.parse({ ...args, [parameter]: value }), JSON.stringify(value.slice(0, 20))).toThrow(
        expect.objectContaining({ code: 'InvalidArgument', message: text }),
      )
    }
  },
)

test.each(cases.filter(({ parameter }) => freeText.includes(parameter)))(
  '$tool.name takes $parameter literally, but no control characters',
  ({ tool, args, parameter }) => {
    for (const value of hostile.slice(0, 5)) expect(() => tool.parse({ ...args, [parameter]: value })).not.toThrow()
    expect(() => tool.parse({ ...args, [parameter]: 'a\nb' })).toThrow(/must not contain a newline/)
  },
)

test.each(good)('a parameter that $name has not is refused with those it has', (tool, args) => {
  expect(() => tool.parse({ ...args, selector: 'x' })).toThrow(
    expect.objectContaining({ code: 'InvalidArgument', message: expect.stringContaining(Object.keys(args)[0] ?? '') }),
  )
})
