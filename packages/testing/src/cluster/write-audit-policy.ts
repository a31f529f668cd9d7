import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Writes what kube-apiserver takes down, and gives back its flags for that: without the noise of health, discovery and
 * leases; Secrets, ConfigMaps and tokens never with their contents.
 */
export async function writeAuditPolicy(stateDir: string, level: string): Promise<string[]> {
  const quiet = ['/healthz*', '/livez*', '/readyz*', '/version', '/openapi*', '/api', '/api/*', '/apis', '/apis/*']
  const policy = {
    apiVersion: 'audit.k8s.io/v1',
    kind: 'Policy',
    omitStages: ['RequestReceived'],
    rules: [
      { level: 'None', nonResourceURLs: quiet },
      { level: 'None', resources: [{ group: 'coordination.k8s.io', resources: ['leases'] }] },
      {
        level: 'Metadata',
        resources: [
          { group: '', resources: ['secrets', 'configmaps', 'serviceaccounts/token'] },
          { group: 'authentication.k8s.io', resources: ['tokenreviews'] },
        ],
      },
      { level },
    ],
  }
  const path = join(stateDir, 'audit-policy.json')
  await writeFile(path, JSON.stringify(policy))
  // Megabytes: a test reads its writes from one file, which must not be rotated meanwhile.
  return [`--audit-policy-file=${path}`, `--audit-log-path=${join(stateDir, 'audit.log')}`, '--audit-log-maxsize=4096']
}
