/** Keys of what a person chose for this browser. */
export const themeKey = 'theme'
export const sidebarKey = 'sidebar-expanded'
export const singleKeysKey = 'single-letter-keys'

/** From this width on the sidebar is open unless somebody closed it. */
export const wideScreen = '(min-width: 64rem)'

/**
 * Runs before the first paint, so that nobody sees the other theme or a sidebar that jumps. It stands in the page
 * itself and therefore brings all it needs.
 */
export const appearanceScript = `(() => {
  const stored = (key) => { try { return JSON.parse(localStorage.getItem(key)) } catch { return null } }
  const html = document.documentElement
  const theme = stored('${themeKey}')
  if (theme === 'light' || theme === 'dark') html.dataset.theme = theme
  const open = stored('${sidebarKey}')
  html.dataset.sidebar = (typeof open === 'boolean' ? open : matchMedia('${wideScreen}').matches) ? 'panel' : 'rail'
})()`
