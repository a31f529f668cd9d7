import { connection } from 'next/server'
import type { PublicConfig } from '../public-config.ts'
import { publicConfigId } from '../public-config.ts'
import { bff, browserRequest } from './bff.ts'

/** What the browser may know of the settings, for layouts and pages on the server. */
export async function publicSettings(): Promise<PublicConfig> {
  await connection()
  return bff().publicConfig(browserRequest())
}

/**
 * The same as attributes of the `<script>` from which the browser reads it, for the root layout:
 * `<script {...await inlineSettings()} />`.
 */
export async function inlineSettings() {
  const text = JSON.stringify(await publicSettings())
  return {
    id: publicConfigId,
    type: 'application/json',
    nonce: browserRequest().nonce,
    // Nothing in it may end the element.
    dangerouslySetInnerHTML: { __html: text.replaceAll('<', '\\u003c') },
  }
}
