import { pageRequest, pageServer } from '../../../../bff/bff.ts'

export const dynamic = 'force-dynamic'
export const GET = (incoming: Request) => pageServer().ready(incoming, pageRequest())
