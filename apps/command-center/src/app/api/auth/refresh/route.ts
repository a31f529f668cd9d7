import { pageRequest, pageServer } from '../../../../server/page-server.ts'

export const dynamic = 'force-dynamic'
export const POST = (incoming: Request) => pageServer().refresh(incoming, pageRequest())
