/** The person on whose behalf a run works, by the current row. */
export type RunUser = {
  id: string
  email: string
  groups: readonly string[]
  view_only: boolean
  is_verified: boolean
  is_active: boolean
}
