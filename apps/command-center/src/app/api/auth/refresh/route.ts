import { pageRequest, pageServer } from '../../../../bff/bff.ts'

export const dynamic = 'force-dynamic'
export const POST = (incoming: Request) => pageServer().refresh(incoming, pageRequest())
