import { csrfHeader } from '@fairlead/contract/client/csrf-header'
import { BffRefusal } from '../refusal.ts'
import type { BrowserRequest } from './browser-request.ts'

const changing = ['POST', 'PUT', 'PATCH', 'DELETE']

/**
 * Refuses what a page elsewhere made a browser send. Browsers send cookies along with it; they also say where it came
 * from, and let nobody else send our header.
 */
export function requireSameOrigin({ method, headers, ownOrigins }: BrowserRequest): void {
  const { origin, 'sec-fetch-site': site } = headers
  if (!changing.includes(method)) {
    if (site !== undefined && site !== 'same-origin' && site !== 'none')
      throw foreign('The request comes from another site.')
    return
  }
  if (site !== undefined && site !== 'same-origin') throw foreign('The request comes from another site.')
  if (origin !== undefined && !ownOrigins.includes(origin.toLowerCase())) {
    throw foreign('The request comes from an address that is not this page.')
  }
  if (site === undefined && origin === undefined) throw foreign('The request does not say where it comes from.')
  const isMarked = Object.entries(csrfHeader).every(([name, value]) => headers[name] === value)
  if (!isMarked) throw foreign('The header X-Fairlead-CSRF is missing.')
}

const foreign = (detail: string) => new BffRefusal(403, 'cross_site', detail)
