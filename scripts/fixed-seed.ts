import fc from 'fast-check'

/** vitest setupFile of the mutation run: random tests draw the same each time, so that the same changes survive. */
fc.configureGlobal({ seed: Number(process.env.FAIRLEAD_SEED) })
