import { pageRequest, pageServer } from '../../../../server/page-server.ts'

export const dynamic = 'force-dynamic'
export const GET = (incoming: Request) => pageServer().ready(incoming, pageRequest())
