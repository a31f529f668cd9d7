import { createPrivateKey, type JsonWebKey, randomUUID, sign } from 'node:crypto'
import { finalArgsDigest } from '@fairlead/contract/json/digest'
import { metaKeys, type ToolAnswer, toolAnswer } from '@fairlead/contract/tool/tool-meta'

export type Arguments = Record<string, unknown>
export type Claims = Record<string, unknown>

/** Calls a tool server as anybody can who has its token: past the engine. */
export async function callTool(
  { url, token }: { url: string; token: string },
  name: string,
  args: Arguments,
  meta: Record<string, unknown> = {},
): Promise<ToolAnswer> {
  const version = '2026-07-28'
  const envelope = {
    'io.modelcontextprotocol/protocolVersion': version,
    'io.modelcontextprotocol/clientInfo': { name: 'stranger', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': {},
  }
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': version,
      'mcp-method': 'tools/call',
      'mcp-name': name,
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name, arguments: args, _meta: { ...envelope, ...meta } },
    }),
  })
  const text = await response.text()
  const last = text.split('\n').findLast((line) => line.startsWith('data: '))
  const { result, error } = JSON.parse(last?.slice('data: '.length) ?? text)
  if (result === undefined) throw new Error(`${response.status} ${JSON.stringify(error)}`)
  return toolAnswer.parse(result.structuredContent)
}

export function previewTool(
  server: { url: string; token: string },
  name: string,
  args: Arguments,
): Promise<ToolAnswer> {
  return callTool(server, name, args, { [metaKeys.preview]: true })
}

/** The claims of a grant that permits exactly this call, for a minute. */
export function claimsFor(tool: string, args: Arguments, preview: ToolAnswer): Claims {
  const now = Math.floor(Date.now() / 1000)
  return {
    jti: randomUUID(),
    call_id: `call_${randomUUID().replaceAll('-', '')}`,
    sub: 'ada@example.com',
    act: { sub: 'ada@example.com', groups: [] },
    aud: 'fairlead-mcp',
    iat: now,
    exp: now + 60,
    tool,
    final_args_sha256: finalArgsDigest(args),
    effect_digest: preview.effect_digest,
    pins: preview.effect?.pins ?? {},
  }
}

/** A compact JWS, signed by whatever key it is given. */
export function signed(
  claims: Claims,
  key: JsonWebKey & { kid: string },
  header: Record<string, unknown> = {},
): string {
  const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const input = `${encoded({ alg: 'EdDSA', kid: key.kid, ...header })}.${encoded(claims)}`
  const privateKey = createPrivateKey({ key, format: 'jwk' })
  return `${input}.${sign(null, Buffer.from(input), privateKey).toString('base64url')}`
}
