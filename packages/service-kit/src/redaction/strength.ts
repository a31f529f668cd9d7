/**
 * How much of a text is hidden.
 *
 * `written`: what is about to be written, and its record. Only what cannot be anything but a secret, told by its shape: a
 * name hides nothing, so that nothing that would run is ever hidden by what stands around it.
 *
 * `read`: what is only read, and logs. Besides, what stands behind a telling name, and pieces of a private key whose
 * marks are torn off.
 */
export type Strength = 'read' | 'written'
