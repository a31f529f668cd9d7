import { metaKeys, type ProgressNotice } from '@fairlead/contract/tool/tool-meta'
import { createLiveOutput, firstLineOf, type LiveOutput, noLiveOutput } from './live-output.ts'

export type ProgressNotification = {
  method: 'notifications/progress'
  params: {
    progressToken: string | number
    progress: number
    message: string
    _meta: { [metaKeys.progress]: ProgressNotice }
  }
}

/** Live output as notifications of the protocol; none for who gave no token for it. */
export function progressOf(
  progressToken: unknown,
  notify: (notification: ProgressNotification) => Promise<void>,
): LiveOutput {
  if (typeof progressToken !== 'string' && typeof progressToken !== 'number') return noLiveOutput
  return createLiveOutput((notice) =>
    notify({
      method: 'notifications/progress',
      params: {
        progressToken,
        progress: notice.seq,
        message: firstLineOf(notice.text),
        _meta: { [metaKeys.progress]: notice },
      },
    }),
  )
}
