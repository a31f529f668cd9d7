import type { Effect, ObjectRef, Verification } from '@fairlead/contract/effect/effect'
import type { ToolAnswer, VerifyRequest } from '@fairlead/contract/tool/tool-meta'
import { failed, previewed, type SeenToolCall, stale, succeeded, written } from './tool-script.ts'

type Call = Pick<SeenToolCall, 'name' | 'args' | 'grant'>

const pathOfReplicas = '/spec/replicas'

/**
 * A cluster of nothing but replica counts: enough for `k8s_scale` to be previewed, executed against what was approved,
 * and read back as the real tool does it.
 */
export class ScriptedWorkloads {
  /** Replicas by `namespace/name`. */
  readonly replicas = new Map<string, number>()

  preview(call: Call): ToolAnswer {
    const effect = this.effectOf(call)
    return effect === undefined ? notFound(call) : previewed(call, effect)
  }

  /** Writes if the effect is still the granted one. */
  execute(call: Call): ToolAnswer {
    const effect = this.effectOf(call)
    if (effect === undefined) return notFound(call)
    const now = previewed(call, effect)
    if (now.effect_digest !== call.grant?.effect_digest) return stale(call, effect)
    this.replicas.set(keyOf(call), Number(call.args.replicas))
    return { ...written(effect.objects.map((ref) => ({ ref: refOf(ref), outcome: 'succeeded' }))), output: 'scaled' }
  }

  verify({ objects }: VerifyRequest): ToolAnswer {
    const verdicts = objects.map((object): Verification['objects'][number] => {
      const actual = this.replicas.get(`${object.namespace}/${object.name}`)
      const [change] = object.changes
      const at = actual === change?.after ? 'after' : actual === change?.before ? 'before' : 'neither'
      const differences = at === 'after' ? [] : [{ path: pathOfReplicas, approved: change?.after, actual }]
      return { ref: refOf(object), verdict: at === 'after' ? 'as_approved' : 'differs', at, differences }
    })
    const verdict = verdicts.every((each) => each.verdict === 'as_approved') ? 'as_approved' : 'differs'
    return succeeded(verdict, { verification: { verdict, waited_ms: 0, objects: verdicts } })
  }

  /** What scaling would do now; undefined without the object. */
  effectOf(call: Call): Effect | undefined {
    if (call.name !== 'k8s_scale') throw new Error(`the script says nothing about the effect of ${call.name}`)
    const before = this.replicas.get(keyOf(call))
    if (before === undefined) return undefined
    const after = Number(call.args.replicas)
    const [namespace, name] = [namespaceOf(call), String(call.args.name)]
    const object: ObjectRef = {
      cluster: 'scripted',
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      namespace,
      name,
      uid: `uid-of-${name}`,
    }
    return {
      summary: `Scale ${name} ${before} → ${after} in ${namespace}`,
      risk: after === 0 ? 'high' : 'low',
      reasons: [],
      basis: 'server',
      objects: [
        {
          ...object,
          action: 'update',
          changes: [{ path: pathOfReplicas, before, after }],
          diff: `-  replicas: ${before}\n+  replicas: ${after}\n`,
        },
      ],
      generated: [],
      pins: {},
      undo: { tool: call.name, args: { ...withoutDryRun(call.args), replicas: before } },
    }
  }
}

function withoutDryRun({ dry_run: _, ...args }: Record<string, unknown>): Record<string, unknown> {
  return args
}

function refOf({ cluster, apiVersion, kind, namespace, name, uid }: ObjectRef): ObjectRef {
  return { cluster, apiVersion, kind, namespace, name, uid }
}

function keyOf(call: Call): string {
  return `${namespaceOf(call)}/${String(call.args.name)}`
}

function namespaceOf({ args }: Call): string {
  return String(args.namespace ?? 'default')
}

function notFound(call: Call): ToolAnswer {
  return failed('NotFound', `Deployment ${keyOf(call)} was not found.`)
}
