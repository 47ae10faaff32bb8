import grapesjs, { type Component, type Editor } from 'grapesjs'
import vietnamese from 'grapesjs/locale/vi.mjs'
import mjmlModule from 'grapesjs-mjml'
import 'grapesjs/dist/css/grapes.min.css'

import type { Blocks, PartInfo, Produced, Selected } from './blocks'
import { escape, plain, showPictures, unescape } from './mjml'

interface Options {
  container: HTMLElement
  mjml: string
  /** There is no HTML of it yet: it is told at once. */
  fresh: boolean
  language: string
  /** Names of the parts, by type, in the language of the page. */
  names: Record<string, string>
  onChange: (made: Produced) => void
  onSelect: (part: Selected | null) => void
  onParts: (parts: PartInfo[]) => void
  /** Asked for a picture of the part that is selected. */
  onPicture: () => void
}

// The package is CommonJS: depending on the bundler its plugin is the module itself or its default.
const mjmlPlugin = (mjmlModule as unknown as { default?: typeof mjmlModule }).default ?? mjmlModule

const parts = [
  'mj-section',
  'mj-wrapper',
  'mj-hero',
  'mj-column',
  'mj-group',
  'mj-text',
  'mj-button',
  'mj-image',
  'mj-divider',
  'mj-spacer',
  'mj-social',
  'mj-social-element',
  'mj-navbar',
  'mj-navbar-link',
  'mj-raw',
]
const withText = ['mj-text', 'mj-button', 'mj-raw', 'mj-social-element', 'mj-navbar-link']

const typeOf = (part: Component) => String(part.get('type') ?? '')

/** Starts the block editor. Nothing of it leaves the browser: no measuring, no fonts and no icons from elsewhere. */
export function start(o: Options): Blocks {
  const editor = grapesjs.init({
    container: o.container,
    height: '100%',
    width: 'auto',
    fromElement: false,
    telemetry: false,
    cssIcons: '',
    storageManager: false,
    noticeOnUnload: false,
    panels: { defaults: [] },
    blockManager: { custom: true },
    layerManager: { custom: true },
    styleManager: { custom: true },
    traitManager: { custom: true },
    selectorManager: { custom: true },
    assetManager: {
      custom: {
        open: () => {
          o.onPicture()
        },
        close: () => undefined,
      },
    },
    parser: { optionsHtml: { allowScripts: false, allowUnsafeAttr: false, allowUnsafeAttrValue: false } },
    i18n: { locale: o.language, detectLocale: false, messages: { vi: vietnamese } },
    plugins: [
      (e: Editor) => {
        mjmlPlugin(e, {
          blocks: [],
          useCustomTheme: false,
          resetStyleManager: false,
          // The library's own set has web fonts of another host.
          fonts: { 'loa-no-web-font': '' },
          i18n: { [o.language]: { 'grapesjs-mjml': { components: { names: o.names } } } },
        })
        showPictures(e, o.names.foreign ?? '')
      },
    ],
  })

  const body = () => editor.getWrapper()?.findType('mj-body')[0]
  const selected = () => editor.getSelected()

  const describe = (part: Component, depth: number): PartInfo => ({
    id: part.getId(),
    type: typeOf(part),
    depth,
    text: withText.includes(typeOf(part)) ? plain(part.getInnerHTML()) : '',
  })

  const tell = () => {
    const list: PartInfo[] = []
    const walk = (part: Component, depth: number) => {
      part.components().forEach((child: Component) => {
        if (!parts.includes(typeOf(child))) return
        list.push(describe(child, depth))
        walk(child, depth + 1)
      })
    }
    const root = body()
    if (root) walk(root, 0)
    o.onParts(list)
  }

  const tellSelected = () => {
    const part = selected()
    if (!part || !(parts.includes(typeOf(part)) || typeOf(part) === 'mj-body')) {
      o.onSelect(null)
      return
    }
    const attributes: Record<string, string> = {}
    for (const [key, value] of Object.entries(part.getAttributes())) attributes[key] = unescape(String(value ?? ''))
    const source = part.get('src')
    if (typeOf(part) === 'mj-image' && typeof source === 'string') attributes.src = source
    const at = part.index()
    o.onSelect({
      ...describe(part, 0),
      attributes,
      content: withText.includes(typeOf(part)) ? part.getInnerHTML() : undefined,
      first: at <= 0,
      last: at >= (part.parent()?.components().length ?? 1) - 1,
    })
  }

  const produce = (): Produced => {
    const mjml = String(editor.runCommand('mjml-code') ?? '')
    const made = editor.runCommand('mjml-code-to-html', { mjml, validationLevel: 'soft', keepComments: false }) as {
      html: string
      errors?: { formattedMessage?: string; message?: string }[]
    }
    return { mjml, html: made.html, errors: (made.errors ?? []).map((e) => e.formattedMessage ?? e.message ?? '') }
  }

  let timer = 0
  let quiet = true
  const changed = () => {
    if (quiet) return
    window.clearTimeout(timer)
    timer = window.setTimeout(() => {
      o.onChange(produce())
      tell()
      tellSelected()
    }, 350)
  }
  editor.on('update', changed)
  editor.on('component:selected component:deselected', tellSelected)
  editor.on('component:toggled', tellSelected)

  const load = (mjml: string, fresh: boolean) => {
    quiet = true
    editor.setComponents(mjml)
    editor.UndoManager.clear()
    tell()
    tellSelected()
    if (fresh) o.onChange({ ...produce(), fresh })
    // Drawing the columns adds style sheets, which are no changes of the author.
    window.setTimeout(() => {
      quiet = false
    }, 300)
  }
  editor.onReady(() => {
    load(o.mjml, o.fresh)
    // The frame is read out as what it is.
    editor.Canvas.getFrameEl()?.setAttribute('title', o.names.frame ?? '')
  })

  /** Puts new parts where they fit: sections after the selected section, everything else into the selected column or into a new section. */
  const add = (mjml: string) => {
    const root = body()
    if (!root) return
    const part = selected()
    let added: Component[]
    if (/^\s*<mj-(section|wrapper|hero|raw)/.test(mjml)) {
      let at = root.components().length
      for (let up = part; up; up = up.parent()) if (up.parent() === root) at = up.index() + 1
      added = root.append(mjml, { at })
    } else {
      let column = part
      while (column && typeOf(column) !== 'mj-column') column = column.parent()
      const inside = part && column && part !== column && part.parent() === column
      if (column) added = column.append(mjml, inside ? { at: part.index() + 1 } : {})
      else added = root.append(`<mj-section><mj-column>${mjml}</mj-column></mj-section>`)
    }
    const fresh = added[0]
    if (fresh) {
      editor.select(fresh)
      editor.Canvas.scrollTo(fresh, { behavior: 'smooth', block: 'nearest' })
    }
  }

  return {
    load: (mjml) => {
      load(mjml, true)
    },
    add,
    drag: (mjml, event) => {
      const block = editor.Blocks.add('dragged', { label: 'dragged', content: mjml, select: true })
      editor.Blocks.startDrag(block, event)
    },
    drop: () => {
      editor.Blocks.endDrag(false)
    },
    insert: (text) => {
      const rte = editor.RichTextEditor
      const editing = editor.getEditing()
      if (editing) {
        const active = rte.globalRte
        if (active) {
          active.el.focus()
          active.insertHTML(escape(text))
          return
        }
      }
      const part = selected()
      if (part && withText.includes(typeOf(part))) {
        part.components(part.getInnerHTML() + ' ' + escape(text))
      } else add(`<mj-text>${escape(text)}</mj-text>`)
    },
    select: (id) => {
      const found = parts
        .flatMap((type) => editor.getWrapper()?.findType(type) ?? [])
        .find((part) => part.getId() === id)
      if (!found) return
      editor.select(found)
      editor.Canvas.scrollTo(found, { behavior: 'smooth', block: 'nearest' })
    },
    set: (attributes) => {
      const part = selected()
      if (!part) return
      const clean: Record<string, string> = {}
      for (const [key, value] of Object.entries(attributes)) clean[key] = escape(value)
      if (attributes.src !== undefined) part.set('src', attributes.src)
      part.addAttributes(clean)
    },
    setContent: (html) => {
      selected()?.components(html)
    },
    move: (by) => {
      const part = selected()
      const parent = part?.parent()
      if (!part || !parent) return
      const at = part.index() + by
      if (at < 0 || at >= parent.components().length) return
      part.move(parent, { at: by > 0 ? at + 1 : at })
      editor.select(part)
      tellSelected()
    },
    copy: () => {
      const part = selected()
      if (!part || typeOf(part) === 'mj-body') return
      const fresh = part.parent()?.append(part.clone(), { at: part.index() + 1 })[0]
      if (fresh) editor.select(fresh)
    },
    remove: () => {
      const part = selected()
      if (part && typeOf(part) !== 'mj-body') part.remove()
    },
    undo: () => {
      editor.UndoManager.undo()
    },
    redo: () => {
      editor.UndoManager.redo()
    },
    device: (name) => {
      editor.setDevice(name)
    },
    outlines: (on) => {
      if (on) editor.runCommand('core:component-outline')
      else editor.stopCommand('core:component-outline')
    },
    destroy: () => {
      window.clearTimeout(timer)
      editor.destroy()
    },
  }
}
