import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { clusterTests } from './cluster-tests.ts'
import { leftOutOnSandbox } from './left-out-on-sandbox.ts'

const files = clusterTests(resolve(import.meta.dirname, '../../../..'))

test('what is left out on the sandbox stands in a file that runs there', () => {
  expect(leftOutOnSandbox.filter(({ file }) => !files.includes(file))).toEqual([])
})

test('nothing is left out twice', () => {
  const names = leftOutOnSandbox.map(({ file, test: name = '' }) => `${file} > ${name}`)
  expect(names).toEqual([...new Set(names)])
})
