/** A file that is written by a program, never by hand. */
export type Artifact = {
  /** Below the repository's root. */
  path: string
  /** The whole text of the file. */
  make(): Promise<string>
  /**
   * For a file that is taken from running programs and comes out different every time: why it does not fit today's
   * sources, or undefined while it does. Without it, a file is current when it is what `make` gives.
   */
  whyStale?(current: string): Promise<string | undefined>
}
