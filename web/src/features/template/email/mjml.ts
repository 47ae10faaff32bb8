import type { Editor } from 'grapesjs'

import { box, sourceHere } from './content'

/** Draws pictures of other places as grey boxes, because the page must not load them; the mail keeps their addresses. */
export function showPictures(editor: Editor, text: string) {
  interface View {
    getInnerMjmlTemplate: () => { start: string; end: string }
  }
  const view = editor.Components.getType('mj-image')?.view.prototype as View | undefined
  if (!view) return
  const whole = view.getInnerMjmlTemplate
  view.getInnerMjmlTemplate = function (this: unknown) {
    const { start, end } = whole.call(this)
    const shown = start.replace(
      / src="([^"]*)"/,
      (_, source: string) => ` src="${sourceHere(source) ?? box(600, 300, text)}"`,
    )
    return { start: shown, end }
  }
}

/** Attributes are written into MJML as they are, so that marks must not end them. */
export const escape = (text: string) =>
  text
    .replace(/&(?![a-z#0-9]+;)/gi, '&amp;')
    .replace(/"/g, '&quot;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')

/** The value of an attribute as people read it. */
export const unescape = (text: string) =>
  text
    .replace(/&quot;/g, '"')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&')

/** The beginning of the words of some HTML. */
export const plain = (html: string) =>
  (new DOMParser().parseFromString(html, 'text/html').body.textContent ?? '').replace(/\s+/g, ' ').trim().slice(0, 60)
