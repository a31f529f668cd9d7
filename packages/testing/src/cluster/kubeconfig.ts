import { writeFile } from 'node:fs/promises'

export type KubeconfigOptions = {
  server: string
  caFile: string
  user: string
  namespace?: string
} & ({ token: string } | { clientCert: string; clientKey: string })

/** Writes a kubeconfig with one context and mode 0600; certificates are PEM and are embedded. JSON is valid YAML. */
export async function writeKubeconfig(path: string, options: KubeconfigOptions): Promise<string> {
  const credentials =
    'token' in options
      ? { token: options.token }
      : { 'client-certificate-data': base64(options.clientCert), 'client-key-data': base64(options.clientKey) }
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server: options.server, 'certificate-authority': options.caFile } }],
    users: [{ name: options.user, user: credentials }],
    contexts: [
      { name: 'test', context: { cluster: 'test', user: options.user, namespace: options.namespace ?? 'default' } },
    ],
    'current-context': 'test',
  }
  await writeFile(path, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 })
  return path
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}
