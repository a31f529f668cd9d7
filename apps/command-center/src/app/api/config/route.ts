import { pageRequest, pageServer } from '../../../server/page-server.ts'

export const dynamic = 'force-dynamic'
export const GET = () =>
  Response.json(pageServer().publicConfig(pageRequest()), { headers: { 'cache-control': 'no-store' } })
