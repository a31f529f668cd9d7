import type { CallView } from '@fairlead/client/conversation/conversation-view'
import type { ObjectVerdict } from '@fairlead/contract/effect/effect'

type More = {
  /** False: its one line says all. */
  isSome: boolean
  notAsApproved: readonly ObjectVerdict[]
  /** An object failed, or nobody knows. */
  hasTrouble: boolean
  /** What is said of an outcome that is not known. */
  lost: string | undefined
}

/** What there is to say of a write that is over, beyond "as approved". */
export function endingDetails({ verdict, objects = [], recovered, status, error }: CallView): More {
  const notAsApproved = (verdict?.objects ?? []).filter((object) => object.verdict !== 'as_approved')
  const hasTrouble = objects.some(({ outcome }) => outcome !== 'succeeded')
  const lost = status === 'unknown' ? error : undefined
  const isSome = recovered === true || notAsApproved.length > 0 || hasTrouble || lost !== undefined
  return { isSome, notAsApproved, hasTrouble, lost }
}
