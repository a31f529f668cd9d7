import { readablePath } from '@fairlead/contract/readable-path'
import { expect, test } from 'vitest'
import { callView, effectOf } from './call-view.fixture.ts'
import { EffectBody } from './effect-body.tsx'
import { knownEffect } from './known-effect.ts'
import { markupOf, textOf } from './page-text.fixture.ts'
import { randomEffect, word } from './random-effect.fixture.ts'

const isFull = process.env.FAIRLEAD_FULL === '1'
const bodyOf = (parts: Parameters<typeof callView>[0], more: object = {}) => {
  const call = callView(parts)
  const effect = knownEffect(call.effect)
  return markupOf(EffectBody, { call, effect, headingId: 'heading', hasArguments: true, ...more })
}
const screenOf = (...args: Parameters<typeof bodyOf>) => textOf(bodyOf(...args))

/** Values as leaves, the way a person would look for them. */
function leaves(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return value === undefined ? [] : [String(value)]
  return Object.values(value).flatMap(leaves)
}

const basisWords = {
  server: 'Tried out by the API server (dry run)',
  computed: 'Computed, not tried out: the API server cannot try this one',
  external: 'An external system: there is no dry run and no diff',
  unknown: 'Unknown: this tool server offers no preview; you see what is sent, not what it does',
}

test('every value of an effect is on the screen', () => {
  for (let round = 0; round < (isFull ? 100 : 30); round++) {
    const effect = randomEffect()
    const screen = screenOf({ effect })
    expect(screen).toContain(effect.summary)
    expect(screen.toLowerCase()).toContain(`${effect.risk} risk`)
    if (effect.risk !== 'low') for (const reason of effect.reasons) expect(screen).toContain(reason)
    else if (effect.reasons.length > 0) expect(screen).toContain(`${effect.reasons.length} reason`)
    expect(screen).toContain(basisWords[effect.basis])
    for (const { cluster, namespace, name, kind, action, changes } of effect.objects) {
      expect(screen).toContain(`${kind} ${namespace}/${name}`)
      expect(screen).toContain(cluster)
      expect(screen).toContain(action)
      for (const { path, before, after } of changes) {
        if (path !== '') expect(screen).toContain(readablePath(path))
        for (const value of [...leaves(before), ...leaves(after)]) expect(screen).toContain(value)
      }
    }
    if (effect.generated.length > 0) {
      expect(screen).toContain(
        `Differs at every rendering; shown, not part of what you approve (${effect.generated.length})`,
      )
    }
    for (const [name, value] of Object.entries(effect.pins)) expect(screen).toContain(`${name}: ${value}`)
    const undo = effect.undo as { impossible?: string; tool?: string; args?: object }
    expect(screen).toContain(undo.impossible === undefined ? `Can be undone by ${undo.tool}` : 'Cannot be undone: ')
    for (const value of leaves(undo)) expect(screen).toContain(value)
  }
})

test('the list elements that a patch by index was written against are named, and no digest stands for them', () => {
  const [object] = effectOf().objects
  const digest = '4f1c0a9e'.repeat(8)
  const changed = (paths: string[]) => ({
    objects: [
      {
        ...object,
        changes: paths.map((path) => ({ path, after: 'x' })),
        elements: { '/spec/containers/0': { name: 'app' }, '/spec/containers/0/env/1': { name: 'LOG_LEVEL' } },
      } as never,
    ],
    pins: { list_elements: digest, cluster_uid: 'u-7' },
  })
  const screen = screenOf({
    effect: effectOf(changed(['/spec/containers/0/env/1/value', '/spec/containers/0/args/2', '/spec/rules/3/host'])),
  })
  for (const text of [
    'finds list elements by their place. Nothing is written unless the same ones still stand there:',
    'Deployment shop/web: spec.containers[name=app]',
    'Deployment shop/web: spec.containers[name=app].env[name=LOG_LEVEL]',
    'Deployment shop/web: spec.rules[3]',
    'cluster_uid: u-7',
  ])
    expect(screen).toContain(text)
  expect(screen.match(/Deployment shop\/web: /g)).toHaveLength(3)
  expect(screen).not.toContain(digest)
  const many = Array.from({ length: 20 }, (_, index) => `/spec/rules/${index}/host`)
  expect(screenOf({ effect: effectOf(changed(many)) })).toContain('still stand there (20)')
  // Another server may mean something else by that name.
  const other = effectOf({ pins: { list_elements: 'all of them' } })
  expect(screenOf({ effect: other })).toContain('list_elements: all of them')
})

test('policies, votes and demands are on the screen', () => {
  const policies = [word(), word()]
  const votes = [{ by: `${word()}@example.com`, at: '2026-11-21T10:00:00Z' }]
  const required = { approvers: 3, not_requester: true, role: 'approver' as const, reason: true, passkey: true }
  const screen = screenOf({ policies, votes, required })
  for (const text of [...policies, votes[0]?.by ?? '', '1 of 3 approvals']) expect(screen).toContain(text)
  for (const demand of ['not by the person who asked', 'by an approver', 'with a reason', 'with a passkey']) {
    expect(screen).toContain(demand)
  }
})

test('a suspicious value is marked at its place, with a link to where it came from', () => {
  const value = word()
  const effect = effectOf()
  const [object] = effect.objects
  const changed = {
    ...effect,
    objects: [{ ...object, changes: [{ path: '/spec/image', after: value }] }],
  } as typeof effect
  const parts = { effect: changed, args: { image: value }, taint: [{ path: '/image', source_call_id: 'call-0' }] }
  const sourceOf = () => ({ title: 'Read the logs', show: () => {} })
  const markup = bodyOf(parts, { sourceOf })
  expect(textOf(markup)).toContain('One value of this call first appeared in tool output')
  expect(textOf(markup)).toContain(`${value}`)
  expect(markup.match(/href="#call-call-0"/g)).toHaveLength(2)
  expect(textOf(markup)).toContain('first appeared in the output of Read the logs')
  const unknown = bodyOf({ ...parts, taint: [{ path: '/image', source_call_id: '' }] })
  expect(textOf(unknown)).toContain('first appeared in tool output')
  expect(unknown).not.toContain('href=')
})

test('what is deleted is counted by kind, namespaces by name', () => {
  const [object] = effectOf().objects
  const objects = ['Pod', 'Pod', 'Namespace'].map((kind, index) => ({
    ...object,
    kind,
    name: `gone-${index}`,
    action: 'delete' as const,
    changes: [],
  }))
  const screen = screenOf({ effect: effectOf({ objects: objects as never }) })
  expect(screen).toContain('Deletes 2 Pod, 1 Namespace')
  expect(screen).toContain('With all that is in namespace gone-2')
})

test('a command is shown argument by argument, quoted', () => {
  const [object] = effectOf().objects
  const argv = ['sh', '-c', 'rm -rf "/tmp/x y"']
  const exec = { ...object, kind: 'Pod', action: 'exec' as const, changes: [{ path: '/command', after: argv }] }
  const screen = screenOf({ effect: effectOf({ objects: [exec as never] }) })
  for (const argument of argv) expect(screen).toContain(JSON.stringify(argument))
})

test('an update that changes nothing says so', () => {
  expect(screenOf({ effect: effectOf({ objects: [] }) })).toContain('No change: the cluster is already like this.')
})

test('what was seen before stands beside what is now', () => {
  const before = {
    revision: 1,
    effect: effectOf(),
    effectDigest: 'a',
    votes: [{ by: 'ops@example.com', at: '2026-11-21T10:00:00Z' }],
    reason: 'this is no longer the change that was approved. Nothing was written.',
    approvedBy: 'ops@example.com',
  }
  const [object] = effectOf().objects
  const changes = [{ path: '/spec/replicas', before: 4, after: 5 }]
  const effect = effectOf({ summary: 'scale Deployment shop/web 4 -> 5', objects: [{ ...object, changes } as never] })
  const markup = bodyOf({ effect, before, revision: 2 })
  const screen = textOf(markup)
  expect(screen).toContain(
    'Approved by ops@example.com at revision 1, but changed since: this is no longer the change that was approved. Nothing was written. Formerly',
  )
  expect(screen).toContain('changed since')
  expect(markup).toMatch(/<s[ >].*formerly .*3/)
  expect(markup).toMatch(/<s>ops@example.com<\/s>/)
})

test('hidden values say that they are, and whether they are the same', () => {
  const [object] = effectOf().objects
  const changes = [
    { path: '/data/a', before: '***(24 bytes, 0123456789ab)', after: '***(24 bytes, ba9876543210)' },
    { path: '/data/b', before: '***(24 bytes, 0123456789ab)', after: '***(24 bytes, 0123456789ab)' },
  ]
  const screen = screenOf({ effect: effectOf({ objects: [{ ...object, kind: 'Secret', changes } as never] }) })
  expect(screen).toContain('value hidden, 24 bytes: another value')
  expect(screen).toContain('value hidden, 24 bytes: same value')
})

test('characters that nobody sees are named', () => {
  const screen = screenOf({ effect: effectOf({ summary: 'scale \u202eweb', reasons: ['x\u200by'], risk: 'high' }) })
  expect(screen).toContain('scale U+202Eweb')
  expect(screen).toContain('xU+200By')
})

test('missing parts are named as missing, and nothing breaks', () => {
  for (const effect of [{}, { objects: null, reasons: 7, pins: [], summary: 3 }, { objects: [null, { changes: 5 }] }]) {
    const screen = screenOf({ effect: effect as never, args: null as never })
    expect(screen).toContain('The server does not tell')
    expect(screen).toContain('Scale Kubernetes Resource')
  }
  expect(screenOf({ effect: undefined })).toContain('This server does not tell what the change would do')
})

test('a secret is masked until somebody asks to see it', () => {
  const [object] = effectOf().objects
  const secret = word()
  const changes = [{ path: '/data/apiToken', after: secret }]
  const screen = screenOf({ effect: effectOf({ objects: [{ ...object, changes } as never] }) })
  expect(screen).not.toContain(secret)
  expect(screen).toContain('Show masked values')
})
