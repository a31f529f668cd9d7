import { type NextRequest, NextResponse } from 'next/server'
import { bff, browserRequest } from './bff/bff.ts'

/** The guard of the pages: who may not see one is sent on before any of it is rendered. */
export async function proxy(incoming: NextRequest): Promise<Response> {
  const verdict = await bff().guard(browserRequest())
  const response = answerOf(verdict, incoming)
  for (const cookie of verdict.cookies) response.headers.append('set-cookie', cookie)
  return response
}

function answerOf(verdict: Awaited<ReturnType<ReturnType<typeof bff>['guard']>>, { url }: NextRequest) {
  switch (verdict.show) {
    case 'page':
      return NextResponse.next()
    case 'redirect':
      return NextResponse.redirect(new URL(verdict.to, url))
    case 'forbidden':
      return NextResponse.rewrite(new URL('/no-right', url), { status: 403 })
  }
}

export const config = { matcher: '/((?!api(?:/|$)|_next/).*)' }
