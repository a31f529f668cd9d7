import { WelcomePage } from '../../features/sign-in/welcome-page.tsx'

export default function Welcome() {
  return <WelcomePage />
}
