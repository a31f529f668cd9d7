export type Account = { full_name: string; email: string; password: string }
export type AccountFaults = Partial<Account>

export const shortestPassword = 8

/** What is wrong with an account before it is sent, by field; empty when nothing is. */
export function accountFaults({ full_name, email, password }: Account): AccountFaults {
  return {
    ...(full_name === '' && { full_name: 'Enter your name.' }),
    ...(!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email) && { email: 'Enter an e-mail address, such as ada@example.com.' }),
    ...([...password].length < shortestPassword && {
      password: `Choose at least ${shortestPassword} characters.`,
    }),
  }
}
