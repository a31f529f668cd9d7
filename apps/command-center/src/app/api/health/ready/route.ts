import { bff, browserRequest } from '../../../../bff/bff.ts'

export const dynamic = 'force-dynamic'
export const GET = (incoming: Request) => bff().ready(incoming, browserRequest())
