/** Whether the page is seen and the machine is on a network. Each listener is called off by what it returned. */
export type PageLife = {
  isHidden(): boolean
  onHidden(listener: () => void): () => void
  onShown(listener: () => void): () => void
  onOnline(listener: () => void): () => void
}
