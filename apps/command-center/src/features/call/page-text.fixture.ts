import { createElement, type FunctionComponent } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { prerender } from 'react-dom/static'

export function markupOf<Props extends object>(component: FunctionComponent<Props>, props: Props): string {
  return renderToStaticMarkup(createElement(component, props))
}

/** The same once everything that it loads is there. */
export async function loadedMarkupOf<Props extends object>(
  component: FunctionComponent<Props>,
  props: Props,
): Promise<string> {
  const { prelude } = await prerender(createElement(component, props))
  return await new Response(prelude).text()
}

/** What stands on the screen, as one text; what only a screen reader says is in it too. */
export function textOf(markup: string): string {
  return markup
    .replace(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#x27;', "'")
    .replaceAll('&amp;', '&')
}
