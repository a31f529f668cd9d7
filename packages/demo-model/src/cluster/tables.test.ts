import { expect, test } from 'vitest'
import { rowsIn } from './tables.ts'

test('blocks of several types are read by their own headers, notes are no rows', () => {
  const text = [
    'NAMESPACE   NAME                  READY   UP-TO-DATE',
    'shop        deployment.apps/web   1/2     2',
    '',
    'NAMESPACE   NAME          TYPE        EXTERNAL-IP   PORT(S)',
    'shop        service/web   ClusterIP   <none>        80/TCP',
    '[truncated: showing 2 of 9 rows; narrow with namespace]',
  ].join('\n')
  expect(rowsIn(text)).toEqual([
    { NAMESPACE: 'shop', NAME: 'deployment.apps/web', READY: '1/2', 'UP-TO-DATE': '2' },
    { NAMESPACE: 'shop', NAME: 'service/web', TYPE: 'ClusterIP', 'EXTERNAL-IP': '<none>', 'PORT(S)': '80/TCP' },
  ])
})

test('a sentence is no table', () => {
  expect(rowsIn('No resources found in shop namespace.')).toEqual([])
})
