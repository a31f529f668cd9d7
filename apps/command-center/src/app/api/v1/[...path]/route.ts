import { bff, browserRequest } from '../../../../bff/bff.ts'

const answer = (incoming: Request) => bff().proxy(incoming, browserRequest())

export const dynamic = 'force-dynamic'
export {
  answer as DELETE,
  answer as GET,
  answer as HEAD,
  answer as OPTIONS,
  answer as PATCH,
  answer as POST,
  answer as PUT,
}
