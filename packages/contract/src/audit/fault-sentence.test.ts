import { expect, test } from 'vitest'
import type { Fault } from './fault.ts'
import { faultSentence } from './fault-sentence.ts'

const at = '2026-11-24T09:00:00.000Z'
const row = { seq: 4, id: 'a1' }
const gone = { seq: 4, id: null }

test.each<[Fault, string]>([
  [{ ...row, problem: 'changed', of: 'row' }, 'Row 4 (a1) was changed.'],
  [{ ...row, problem: 'moved', of: 'row' }, 'Row 4 (a1) was moved.'],
  [{ ...gone, problem: 'removed', of: 'row' }, 'Row 4 was removed.'],
  [
    { ...row, problem: 'changed', of: 'chain', since: 2, kid: 'k1', at },
    `Row 4 (a1) has another hash than the one that was signed at ${at} with key k1: the chain was written anew somewhere between row 2 and row 4.`,
  ],
  [{ ...row, problem: 'removed', of: 'body', digest: 'd1' }, 'The body d1 was removed; row 4 (a1) refers to it.'],
  [{ ...gone, problem: 'added', of: 'body', digest: 'd1' }, 'The body d1 belongs to no row.'],
  [
    { ...gone, problem: 'changed', of: 'head', reason: 'signature', kid: 'k1' },
    'The head at row 4 has a wrong signature: key k1 did not sign it.',
  ],
  [
    { ...gone, problem: 'added', of: 'head', reason: 'unknown_key', kid: 'k2' },
    'The head at row 4 is signed with key k2, which is not among the keys that it is checked against.',
  ],
  [
    { ...gone, problem: 'changed', of: 'head', reason: 'columns', kid: 'k1' },
    'The head at row 4 is stored with another row number or hash than the one that was signed.',
  ],
  [
    { ...gone, problem: 'changed', of: 'head', reason: 'unreadable', kid: null },
    'A head behind row 4 is no signed head.',
  ],
  [
    { ...gone, problem: 'changed', of: 'head', reason: 'not_own', kid: 'k1' },
    'The newest head, at row 4, is signed with key k1, which the key file of this engine does not hold: somebody else has signed the record. If the key file was changed a moment ago, ask again after AUDIT_HEAD_SECONDS, when the next head is signed.',
  ],
  [
    { ...gone, problem: 'removed', of: 'head', reason: 'none', kid: null },
    'No head signs any of the rows up to 4: nothing ties them to the key.',
  ],
  [
    { ...row, problem: 'changed', of: 'key', kid: 'k1' },
    'Row 4 (a1) names public key k1, and the record hands out another key under that name.',
  ],
  [
    { ...gone, problem: 'removed', of: 'tail', signed_seq: 9, at },
    `The chain ends at row 3, but row 9 was signed at ${at}: the rows from 4 on were cut off, or are not in this part of the record.`,
  ],
])('%j is told in a sentence', (fault, sentence) => {
  expect(faultSentence(fault)).toBe(sentence)
})
