import { HomePage } from '../../features/home/home-page.tsx'
import { Page } from '../../features/shell/page.tsx'

export default function Home() {
  return (
    <Page title="New chat">
      <HomePage />
    </Page>
  )
}
