import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import type { Effect } from '../effect/effect.ts'
import { injectedArguments } from '../tool/injected-arguments.ts'

/** RFC 8785 text of a JSON value. Throws on what JSON cannot carry (NaN, a function at the top). */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value)
  if (text === undefined) throw new TypeError('The value has no JSON form')
  return text
}

export function sha256(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex')
}

export function digestOf(value: unknown): string {
  return sha256(canonicalJson(value))
}

/** The arguments as the model sent them: `dry_run` and what the engine injects are not part of what a person approves. */
export function argsDigest(args: Readonly<Record<string, unknown>>): string {
  const left = Object.entries(args).filter(([key]) => key !== 'dry_run' && !injectedArguments.has(key))
  return digestOf(Object.fromEntries(left))
}

/** The arguments as they reach the tool server, injected ones included; stands in the grant alone. */
export function finalArgsDigest(args: Readonly<Record<string, unknown>>): string {
  return digestOf(args)
}

/**
 * What a person approves. No resourceVersion, no status, no diff text: an object whose status moves all the time
 * keeps its digest as long as what would change stays the same.
 */
export function effectDigest(of: { tool: string; args_digest: string; effect: EffectCore }): string {
  const { tool, args_digest, effect } = of
  const objects = effect.objects.map(({ cluster, apiVersion, kind, namespace, name, uid, action, changes }) => ({
    cluster,
    apiVersion,
    kind,
    namespace,
    name,
    uid,
    action,
    changes,
  }))
  return digestOf({ tool, args_digest, basis: effect.basis, objects, pins: effect.pins })
}

/** The part of an effect that its digest covers. */
export type EffectCore = Pick<Effect, 'basis' | 'pins'> & {
  objects: readonly Omit<Effect['objects'][number], 'diff'>[]
}
