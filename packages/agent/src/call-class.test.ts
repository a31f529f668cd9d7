import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { classOf } from './call-class.ts'
import { aTool, aWriteTool } from './catalogue.fixture.ts'
import { argumentProblems } from './check-arguments.ts'

const release = { isOfRelease: true, execReadAllowList: true }
const exec = aWriteTool({
  name: 'k8s_exec',
  inputSchema: {
    type: 'object',
    properties: {
      pod_name: { type: 'string' },
      command: { type: 'string' },
      argv: { type: 'array', items: { type: 'string' } },
    },
    required: ['pod_name'],
    additionalProperties: false,
  },
})

describe('a call waits for a person', () => {
  it.each([
    ['unless it is a pinned tool that says it only looks', aTool(), { name: 'web' }, 'read'],
    ['when nobody offers the tool', undefined, {}, 'write'],
    ['when nobody vouches for the tool', aTool({ pinned: false }), { name: 'web' }, 'write'],
    ['when the tool says nothing about itself', aTool({ annotations: {} }), { name: 'web' }, 'write'],
    [
      'when it says both',
      aTool({ annotations: { readOnlyHint: true, destructiveHint: true } }),
      { name: 'web' },
      'write',
    ],
    ['when an argument is unknown', aTool(), { name: 'web', force: true }, 'write'],
    ['when an argument has the wrong type', aTool(), { name: 7 }, 'write'],
    ['when one is missing', aTool(), {}, 'write'],
    ['when it changes something', aWriteTool(), { name: 'web', replicas: 5 }, 'write'],
    ['but not for a dry run', aWriteTool(), { name: 'web', replicas: 5, dry_run: true }, 'read'],
    ['when the dry run is not a bool', aWriteTool(), { name: 'web', replicas: 5, dry_run: 'true' }, 'write'],
    [
      'when the tool has no dry run',
      aWriteTool({ inputSchema: exec.inputSchema }),
      { pod_name: 'p', dry_run: true },
      'write',
    ],
    ['but not for a command that only looks', exec, { pod_name: 'p', command: 'ls -la /tmp' }, 'read'],
    ['but not for words that only look', exec, { pod_name: 'p', argv: ['ps', 'aux'] }, 'read'],
    ['for a resolver, which carries a name out', exec, { pod_name: 'p', command: 'nslookup x.evil.example' }, 'write'],
    ['for a shell', exec, { pod_name: 'p', command: 'sh -c ls' }, 'write'],
    ['for a command behind a command', exec, { pod_name: 'p', command: 'ls; rm -rf /' }, 'write'],
    ['for a substitution', exec, { pod_name: 'p', command: 'ls $(reboot)' }, 'write'],
    ['for a substitution between plain words', exec, { pod_name: 'p', command: 'ls $(reboot) /tmp' }, 'write'],
    ['for a command with a line end before it', exec, { pod_name: 'p', command: '\nls' }, 'write'],
    ['for a command with a line end behind it', exec, { pod_name: 'p', command: 'ls\n' }, 'write'],
    ['for a quote that hides a word', exec, { pod_name: 'p', command: 'ls "a b"' }, 'write'],
    ['for a path in place of the program', exec, { pod_name: 'p', command: '/tmp/ls' }, 'write'],
    [
      'but not for words and a command that agree',
      exec,
      { pod_name: 'p', command: 'ps aux', argv: ['ps', 'aux'] },
      'read',
    ],
    ['but not for words and an empty command', exec, { pod_name: 'p', command: '', argv: ['ps'] }, 'read'],
    ['but not for a command with blanks around it', exec, { pod_name: 'p', command: ' ls  /tmp ' }, 'read'],
    ['but not for no words and a command', exec, { pod_name: 'p', command: 'ls', argv: [] }, 'read'],
    ['for neither words nor command', exec, { pod_name: 'p' }, 'write'],
    ['for a command of two lines', exec, { pod_name: 'p', command: 'ls\nls' }, 'write'],
    ['for a command behind a quote', exec, { pod_name: 'p', command: '"ls' }, 'write'],
    [
      'for another tool with such words',
      aWriteTool({ inputSchema: exec.inputSchema }),
      { pod_name: 'p', argv: ['ls'] },
      'write',
    ],
    ['when words and command differ', exec, { pod_name: 'p', command: 'rm -rf /', argv: ['ls'] }, 'write'],
  ] as const)('%s', (_, tool, args, expected) => {
    expect(classOf(tool, args, release)).toBe(expected)
  })

  it('for every exec when the allow-list is off', () => {
    expect(classOf(exec, { pod_name: 'p', command: 'ls' }, { isOfRelease: true, execReadAllowList: false })).toBe(
      'write',
    )
  })

  it("for another server's dry run and exec", () => {
    const others = { isOfRelease: false, execReadAllowList: true }
    expect(classOf(aWriteTool(), { name: 'web', replicas: 5, dry_run: true }, others)).toBe('write')
    expect(classOf(exec, { pod_name: 'p', command: 'ls' }, others)).toBe('write')
  })
})

it('for words of which one is none, whatever the schema lets through', () => {
  const loose = { ...exec, inputSchema: { type: 'object', properties: { argv: {} }, additionalProperties: false } }
  expect(classOf(loose, { argv: ['ls', 7] }, release)).toBe('write')
  expect(classOf(loose, { argv: ['ls'] }, release)).toBe('read')
})

it('reads only what the rules call a read, whatever tool, hints, table and arguments say', () => {
  const hints = fc.record(
    { readOnlyHint: fc.boolean(), destructiveHint: fc.boolean(), idempotentHint: fc.boolean() },
    { requiredKeys: [] },
  )
  const args = fc.dictionary(
    fc.constantFrom('name', 'replicas', 'dry_run', 'limit', 'command', 'argv', 'x'),
    fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.array(fc.string())),
  )
  const names = fc.constantFrom('k8s_get', 'k8s_exec', 'k8s_scale', 'k8s_run_pod', '__proto__', 'constructor')
  fc.assert(
    fc.property(names, hints, fc.boolean(), fc.boolean(), args, (name, annotations, pinned, isOfRelease, given) => {
      const tool = aTool({ name, annotations, pinned, inputSchema: aWriteTool().inputSchema })
      if (classOf(tool, given, { isOfRelease, execReadAllowList: true }) === 'write') return true
      const fits = argumentProblems(tool.inputSchema, given).length === 0
      const saysRead = annotations.readOnlyHint === true && annotations.destructiveHint !== true
      return pinned && fits && (saysRead || (isOfRelease && given.dry_run === true))
    }),
    { numRuns: 2000 },
  )
})
