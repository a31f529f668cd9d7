import { bff, browserRequest } from '../../../bff/bff.ts'

export const dynamic = 'force-dynamic'
export const GET = () =>
  Response.json(bff().publicConfig(browserRequest()), { headers: { 'cache-control': 'no-store' } })
