/** One part of the mail, for the list of parts and the panel of its settings. */
export interface PartInfo {
  id: string
  /** mj-text, mj-button … */
  type: string
  depth: number
  /** The beginning of its text. */
  text: string
}

/** The part that is being worked on. */
export interface Selected extends PartInfo {
  attributes: Record<string, string>
  /** Inner HTML of parts that hold text. */
  content?: string
  first: boolean
  last: boolean
}

export interface Produced {
  mjml: string
  html: string
  errors: string[]
  /** Made of a template just loaded: the author has done nothing to it. */
  fresh?: boolean
}

/** What the panels around the canvas may do with the editor. */
export interface Blocks {
  load: (mjml: string) => void
  add: (mjml: string) => void
  drag: (mjml: string, event: DragEvent) => void
  drop: () => void
  insert: (text: string) => void
  select: (id: string) => void
  set: (attributes: Record<string, string>) => void
  setContent: (html: string) => void
  move: (by: -1 | 1) => void
  copy: () => void
  remove: () => void
  undo: () => void
  redo: () => void
  device: (name: 'Desktop' | 'Mobile portrait') => void
  outlines: (on: boolean) => void
  destroy: () => void
}
