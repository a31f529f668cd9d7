/** What was not looked at, though it may hold what an object of the call would run: said, never passed over. */
export type Unseen = { object: number; fact: string }
