import type { Page } from '@playwright/test'
import type { Account } from './account.fixture.ts'

/** The form of /login. */
export function signInForm(page: Page) {
  const form = {
    email: page.getByLabel('E-mail'),
    password: page.getByLabel('Password', { exact: true }),
    /** What is wrong; the framework has an empty alert of its own. */
    fault: page.getByRole('alert').filter({ hasText: /\S/ }),
    submit: page.getByRole('button', { name: 'Log in' }),
    fill: async ({ email, password }: Pick<Account, 'email' | 'password'>) => {
      await form.email.fill(email)
      await form.password.fill(password)
      await form.submit.click()
    },
  }
  return form
}
