import { isKeyBody } from '@fairlead/service-kit/redaction/key-body'

const pemBlock = /\s*-----BEGIN ([A-Z0-9 ]{1,60})-----([\w+/=\s:,.-]*?)-----END \1-----/y

/** Keys and certificates, and nothing else: a shell passes over their marks, and would run a script that stands between. */
export function isPem(text: string): boolean {
  let end = 0
  pemBlock.lastIndex = 0
  for (let block = pemBlock.exec(text); block !== null; block = pemBlock.exec(text)) {
    const [, label = '', body = ''] = block
    if (!isKeyBody(label, body)) return false
    end = pemBlock.lastIndex
  }
  return text.slice(end).trim() === ''
}
