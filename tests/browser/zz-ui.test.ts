import { test, beforeAll, afterAll, expect } from 'vitest'
import { startChromium } from './chromium.fixture.ts'
import { startInstallation, type Installation } from './installation.fixture.ts'
import { newVisitor } from './visitor.fixture.ts'
import { lookAt } from './look-at.fixture.ts'
import { gzipSync } from 'node:zlib'
let all: Installation, browser: any
beforeAll(async () => { browser = await startChromium(); all = await startInstallation({ tools: 'scripted' }) }, 400_000)
afterAll(async () => { await browser?.close(); await all?.close() }, 60_000)
test('x', { timeout: 160_000 }, async () => {
  const ada = await newVisitor(browser, all); const p = ada.page
  await p.goto('/'); await p.waitForTimeout(1000)
  await p.getByRole('button', { name: 'Collapse sidebar' }).click()
  const f: any[] = await lookAt(p, 'zz-rail')
  await p.getByRole('button', { name: 'Expand sidebar' }).click()
  await p.getByRole('button', { name: 'Delete a service' }).click(); await p.waitForTimeout(100)
  f.push(...await lookAt(p, 'zz-suggest'))
  all.scenes.play(await p.getByLabel('Message').inputValue(), [{ text: 'There is **no** such service.\n\n- one\n- two' }])
  await p.keyboard.press('Enter'); await p.waitForURL(/chat/); await p.getByText('such service.').waitFor(); await p.waitForTimeout(1500)
  const q = await ada.newTab(); let n = 0; const l: any[] = []
  q.on('response', async (r: any) => { if (r.request().resourceType() === 'script') { const g = gzipSync(await r.body()).length; n += g; l.push(g) } })
  await q.goto(p.url()); await q.getByText('such service.').waitFor(); await q.waitForTimeout(4000)
  console.log('SIZE chat', (n / 1024).toFixed(1), l.sort((a, b) => b - a).map((g) => (g / 1024).toFixed(1)).join(' '), await q.title())
  await all.killEngine(); await q.getByText('What you see may be out of date').waitFor({ timeout: 30000 }); f.push(...await lookAt(q, 'zz-away'))
  await all.startEngine(); await q.getByText('What you see may be out of date').waitFor({ state: 'detached', timeout: 40000 })
  await p.getByRole('button', { name: 'Log out' }).click(); await p.waitForURL(/login/); await q.waitForURL(/login/, { timeout: 10000 }); console.log('both tabs left', q.url(), JSON.stringify(f))
})
