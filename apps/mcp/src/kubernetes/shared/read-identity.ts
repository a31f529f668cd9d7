import type { Kube } from '../../kube/kube.ts'
import { redactObject } from '../../output/redact.ts'

/** As whom the API server takes the caller. */
export type UserInfo = {
  username?: string
  uid?: string
  groups?: string[]
  /** Whatever the authenticator says beside it: an id of the credential, the pod of a token. */
  extra?: Record<string, string[]>
}

export async function readIdentity(kube: Kube): Promise<UserInfo> {
  const { userInfo } = await kube.review<{ userInfo: UserInfo }>({
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'SelfSubjectReview',
  })
  return redactObject(userInfo)
}
