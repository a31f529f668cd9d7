import type { BrowserRequest } from './guard/browser-request.ts'

const everywhere = {
  'x-frame-options': 'SAMEORIGIN',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'strict-origin-when-cross-origin',
  'permissions-policy':
    'camera=(), microphone=(), geolocation=(), publickey-credentials-get=(self), publickey-credentials-create=(self)',
}

/** What comes from the engine is data, and some of it was written by others: it never becomes a page. */
const dataPolicy = "default-src 'none'; frame-ancestors 'none'; sandbox"

export function securityHeaders({ path, scheme, nonce }: BrowserRequest): Record<string, string> {
  const isData = path.startsWith('/api/')
  return {
    ...everywhere,
    'content-security-policy': isData ? dataPolicy : pagePolicy(nonce),
    ...(scheme === 'https' ? { 'strict-transport-security': 'max-age=31536000' } : {}),
  }
}

/** Only scripts that carry this request's nonce run, and what those load. */
export function pagePolicy(nonce: string): string {
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "frame-ancestors 'none'",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
  ].join('; ')
}
