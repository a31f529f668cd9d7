import { z } from 'zod'
import { isoTime } from '../ids.ts'
import { defineEndpoint } from './define-endpoint.ts'

export const userGrant = z.enum(['approve', 'audit'])
export type UserGrant = z.infer<typeof userGrant>

export const userRead = z.object({
  id: z.string(),
  email: z.string(),
  is_active: z.boolean(),
  is_superuser: z.boolean(),
  is_verified: z.boolean(),
  full_name: z.string().nullable(),
  role: z.string(),
  created_at: isoTime,
  grants: z.array(userGrant),
  view_only: z.boolean(),
})
export type UserRead = z.infer<typeof userRead>

const bearer = z.object({ access_token: z.string(), token_type: z.literal('bearer') })

export const login = defineEndpoint({
  method: 'POST',
  path: '/auth/jwt/login',
  serverOnly: true,
  access: 'none',
  answers: 'json',
  form: true,
  input: z.object({ username: z.string(), password: z.string() }),
  /** A device that shows its `device_token` (cookie `known_device`) the next time is told from a stranger's. */
  output: bearer.extend({ device_token: z.string() }),
})

/** Kills the presented access token and its session. */
export const logoutToken = defineEndpoint({
  method: 'POST',
  path: '/auth/jwt/logout',
  serverOnly: true,
  access: 'user',
  answers: 'nothing',
  status: 204,
})

/** The first user becomes the administrator, by the set-up link; later ones are members, and only where self-registration is on. */
export const register = defineEndpoint({
  method: 'POST',
  path: '/auth/register/register',
  access: 'none',
  answers: 'json',
  status: 201,
  input: z.object({
    email: z.email().max(255),
    password: z.string(),
    full_name: z.string().max(255).nullish(),
    /** Of the installation's set-up link; looked at while no user exists. */
    setup_secret: z.string().max(500).nullish(),
  }),
  output: userRead,
})

/** Answers alike whether there is such an account or not. */
export const requestVerifyToken = defineEndpoint({
  method: 'POST',
  path: '/auth/verify/request-verify-token',
  access: 'none',
  answers: 'json',
  status: 202,
  input: z.object({ email: z.email().max(255) }),
  output: z.null(),
})

/** Whoever holds the token reads the mail of that address. */
export const verify = defineEndpoint({
  method: 'POST',
  path: '/auth/verify/verify',
  access: 'none',
  answers: 'json',
  input: z.object({ token: z.string().max(4096) }),
  output: userRead,
})

export const isAdminUser = defineEndpoint({
  method: 'GET',
  path: '/auth/is_admin_user',
  access: 'none',
  answers: 'json',
  output: z.object({ is_admin: z.boolean() }),
})

export const me = defineEndpoint({
  method: 'GET',
  path: '/auth/me',
  access: 'user',
  answers: 'json',
  output: userRead,
})

/** The same under the older path. */
export const usersMe = defineEndpoint({
  method: 'GET',
  path: '/auth/users/me',
  access: 'user',
  answers: 'json',
  output: userRead,
})

/** By a superuser: whether the address of an account is verified, where no mail can say so. */
export const changeUser = defineEndpoint({
  method: 'PATCH',
  path: '/auth/users/:id',
  serverOnly: true,
  access: 'user',
  answers: 'json',
  params: z.object({ id: z.uuid() }),
  input: z.strictObject({ is_verified: z.boolean() }),
  output: userRead,
})

export const issueRefresh = defineEndpoint({
  method: 'POST',
  path: '/auth/refresh/issue',
  serverOnly: true,
  access: 'user',
  answers: 'json',
  output: z.object({ refresh_token: z.string(), expires_in: z.int() }),
})

export const refresh = defineEndpoint({
  method: 'POST',
  path: '/auth/refresh',
  serverOnly: true,
  access: 'refresh-cookie',
  answers: 'json',
  output: bearer.extend({ user: userRead.extend({ updated_at: isoTime, teams: z.array(z.never()) }) }),
})

export const logout = defineEndpoint({
  method: 'POST',
  path: '/auth/logout',
  serverOnly: true,
  access: 'none',
  answers: 'json',
  output: z.object({ success: z.literal(true) }),
})

export const authEndpoints = {
  login,
  logoutToken,
  register,
  requestVerifyToken,
  verify,
  isAdminUser,
  me,
  usersMe,
  changeUser,
  issueRefresh,
  refresh,
  logout,
} as const
