import { LoginPage } from '../../features/sign-in/login-page.tsx'

export default async function Login({ searchParams }: { searchParams: Promise<{ next?: string | string[] }> }) {
  const { next } = await searchParams
  return <LoginPage next={[next].flat()[0]} />
}
