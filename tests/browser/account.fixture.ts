import { randomUUID } from 'node:crypto'
import { setupSecret } from '@fairlead/testing/engine/setup-secret'
import type { Installation } from './installation.fixture.ts'

/** Somebody who can sign in, and who may also ask the engine itself, past the page. */
export type Account = {
  id: string
  email: string
  password: string
  name: string
  request<Body = unknown>(method: string, path: string, body?: unknown): Promise<{ status: number; body: Body }>
}

/** Rights are given straight in the database: no page gives them yet. */
export type Rights = {
  role?: 'admin' | 'member'
  grants?: ('approve' | 'audit')[]
  view_only?: boolean
  is_superuser?: boolean
  is_verified?: boolean
}

/** Signs up with the engine. The first one of an installation is its administrator. */
export async function newAccount({ api, sql }: Installation, given: Rights = {}): Promise<Account> {
  const rights = { is_verified: true, ...given }
  const [stem = ''] = randomUUID().split('-')
  const [email, password, name] = [`${stem}@example.com`, `correct horse ${stem}`, `Ada ${stem}`]
  const post = (path: string, init: RequestInit) => fetch(`${api}${path}`, { method: 'POST', ...init })
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ email, password, full_name: name, setup_secret: setupSecret })
  const made = await post('/auth/register/register', { headers, body })
  if (made.status !== 201) throw new Error(`not signed up: ${made.status} ${await made.text()}`)
  const { id } = (await made.json()) as { id: string }
  for (const [column, value] of Object.entries(rights)) {
    await sql.query(`update users set ${column} = $1 where id = $2`, [value, id])
  }
  const form = new URLSearchParams({ username: email, password })
  const signedIn = (await (await post('/auth/jwt/login', { body: form })).json()) as { access_token: string }
  const authorization = `Bearer ${signedIn.access_token}`
  return {
    ...{ id, email, password, name },
    request: async (method, path, content) => {
      const init = content === undefined ? {} : { body: JSON.stringify(content) }
      const answer = await fetch(`${api}${path}`, { method, headers: { authorization, ...headers }, ...init })
      const text = await answer.text()
      const isJson = /^application\/json\b/.test(answer.headers.get('content-type') ?? '')
      return { status: answer.status, body: isJson ? JSON.parse(text) : text }
    },
  }
}
