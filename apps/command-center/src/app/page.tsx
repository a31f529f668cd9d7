export default function Home() {
  return <main>Fairlead</main>
}
