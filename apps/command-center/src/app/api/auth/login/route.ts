import { bff, browserRequest } from '../../../../bff/bff.ts'

export const dynamic = 'force-dynamic'
export const POST = (incoming: Request) => bff().login(incoming, browserRequest())
