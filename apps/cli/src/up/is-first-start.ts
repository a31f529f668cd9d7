/** True while no user exists: the next person who signs up becomes the administrator. */
export async function isFirstStart(api: string): Promise<boolean> {
  const answer = await fetch(`${api}/auth/is_admin_user`)
  const { is_admin } = (await answer.json()) as { is_admin: boolean }
  return is_admin
}
