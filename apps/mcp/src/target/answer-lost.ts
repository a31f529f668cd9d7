/** A request went out and no answer came back: nobody knows whether it was done. Only writes end so. */
export class AnswerLost extends Error {
  override readonly name = 'AnswerLost'
}
