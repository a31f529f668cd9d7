import { expect } from '@playwright/test'

/** Waits for what a person would see. Generous: the machine may be busy, and what must be quick is measured apart. */
export const see = expect.configure({ timeout: 30_000 })
