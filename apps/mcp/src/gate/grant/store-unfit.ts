/** The store answers, but what it holds may be lost without a sign. The message is a sentence for people. */
export class StoreUnfit extends Error {
  override readonly name = 'StoreUnfit'
}
