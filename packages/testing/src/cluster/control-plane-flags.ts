import { join } from 'node:path'

const clientLimits = ['--kube-api-qps=200', '--kube-api-burst=400', '--profiling=false']

/** Flags of etcd; nothing it holds outlives its folder. */
export function etcdFlags(stateDir: string, port: number, peer: number): string[] {
  return [
    '--name=test',
    `--data-dir=${join(stateDir, 'etcd')}`,
    '--unsafe-no-fsync',
    `--listen-client-urls=http://127.0.0.1:${port}`,
    `--advertise-client-urls=http://127.0.0.1:${port}`,
    `--listen-peer-urls=http://127.0.0.1:${peer}`,
    `--initial-advertise-peer-urls=http://127.0.0.1:${peer}`,
    `--initial-cluster=test=http://127.0.0.1:${peer}`,
    '--log-level=warn',
  ]
}

/** Flags of kube-apiserver, with the certificates of `writePki` in `stateDir`. */
export function apiServerFlags(stateDir: string, port: number, etcdPort: number): string[] {
  const pki = join(stateDir, 'pki')
  return [
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
    '--advertise-address=127.0.0.1',
    `--etcd-servers=http://127.0.0.1:${etcdPort}`,
    '--endpoint-reconciler-type=none',
    '--authorization-mode=Node,RBAC',
    '--service-cluster-ip-range=10.96.0.0/16',
    '--allow-privileged=true',
    `--token-auth-file=${join(stateDir, 'tokens.csv')}`,
    `--tls-cert-file=${pki}/apiserver.crt`,
    `--tls-private-key-file=${pki}/apiserver.key`,
    `--client-ca-file=${pki}/ca.crt`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${pki}/sa.pub`,
    `--service-account-signing-key-file=${pki}/sa.key`,
    '--api-audiences=https://kubernetes.default.svc',
    `--requestheader-client-ca-file=${pki}/front-proxy-ca.crt`,
    '--requestheader-allowed-names=front-proxy-client',
    '--requestheader-username-headers=X-Remote-User',
    '--requestheader-group-headers=X-Remote-Group',
    '--requestheader-extra-headers-prefix=X-Remote-Extra-',
    `--proxy-client-cert-file=${pki}/front-proxy-client.crt`,
    `--proxy-client-key-file=${pki}/front-proxy-client.key`,
    `--kubelet-client-certificate=${pki}/kubelet-client.crt`,
    `--kubelet-client-key=${pki}/kubelet-client.key`,
    `--kubelet-certificate-authority=${pki}/ca.crt`,
    '--profiling=false',
    '--shutdown-delay-duration=0s',
  ]
}

/** Flags of kube-controller-manager. */
export function controllerFlags(stateDir: string, kubeconfig: string): string[] {
  const pki = join(stateDir, 'pki')
  return [
    `--kubeconfig=${kubeconfig}`,
    '--leader-elect=false',
    '--secure-port=0',
    `--service-account-private-key-file=${pki}/sa.key`,
    `--root-ca-file=${pki}/ca.crt`,
    `--cluster-signing-cert-file=${pki}/ca.crt`,
    `--cluster-signing-key-file=${pki}/ca.key`,
    ...clientLimits,
  ]
}

/** Flags of kube-scheduler. */
export function schedulerFlags(kubeconfig: string): string[] {
  return [`--kubeconfig=${kubeconfig}`, '--leader-elect=false', '--secure-port=0', ...clientLimits]
}
