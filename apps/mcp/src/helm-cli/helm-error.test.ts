import { expect, it } from 'vitest'
import { fetchError, helmError } from './helm-error.ts'

const said = (stderr: string) => ({ stdout: '', stderr: `level=WARN msg=first\nError: ${stderr}`, code: 1 })

it.each([
  ['failed calling webhook "validate.nginx": x509: certificate signed by unknown authority', 'SSL_CERT_FILE'],
  ['admission webhook "guard" denied the request: user is unauthorized', 'helm registry login'],
])('what the cluster says is not taken for what a registry says: %s', (sentence, hint) => {
  const ofCluster = helmError(said(`UPGRADE FAILED: ${sentence}`))
  expect([ofCluster.code, ofCluster.hint, ofCluster.message]).toEqual([
    'Upstream',
    undefined,
    `helm: UPGRADE FAILED: ${sentence}.`,
  ])
  expect(fetchError(said(sentence)).hint).toContain(hint)
})
