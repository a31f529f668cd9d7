import { pageRequest, pageServer } from '../../../bff/bff.ts'

export const dynamic = 'force-dynamic'
export const GET = () =>
  Response.json(pageServer().publicConfig(pageRequest()), { headers: { 'cache-control': 'no-store' } })
