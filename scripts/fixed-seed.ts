import fc from 'fast-check'

/**
 * vitest setupFile of the mutation run: random tests draw the same each time, so that the same changes survive. Nobody
 * reads what fails there, so no smaller case is looked for.
 */
fc.configureGlobal({ seed: Number(process.env.FAIRLEAD_SEED), endOnFailure: true })
