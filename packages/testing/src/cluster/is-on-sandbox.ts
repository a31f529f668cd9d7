/** Whether FAIRLEAD_CLUSTER has this run use the sandbox where tests use a real API server otherwise. */
export function isOnSandbox(): boolean {
  const { FAIRLEAD_CLUSTER = 'kubernetes' } = process.env
  if (FAIRLEAD_CLUSTER !== 'kubernetes' && FAIRLEAD_CLUSTER !== 'sandbox') {
    throw new Error(`FAIRLEAD_CLUSTER is "${FAIRLEAD_CLUSTER}"; it must be kubernetes or sandbox`)
  }
  return FAIRLEAD_CLUSTER === 'sandbox'
}
