import { useState } from 'react'

import { chosenWorkspace } from '@/api/workspace'

/** The columns beside the name that every workspace has; those of attributes are called attr.<key>. */
export const builtIn = [
  'phone',
  'email',
  'external_id',
  'tags',
  'reach',
  'consent',
  'birthday',
  'gender',
  'created_at',
  'updated_at',
] as const
export type BuiltIn = (typeof builtIn)[number]

export const usual: string[] = ['phone', 'email', 'tags', 'reach', 'created_at']

const place = () => `loa.contacts.columns.${chosenWorkspace() ?? ''}`

function read(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(place()) ?? '')
    if (Array.isArray(kept)) return kept.filter((c): c is string => typeof c === 'string').slice(0, 40)
  } catch {
    // Nothing kept, or nothing readable: the usual columns.
  }
  return usual
}

/** The chosen columns in their order, remembered in this browser for the workspace. */
export function useColumns(): [string[], (columns: string[]) => void] {
  const [columns, set] = useState(read)
  return [
    columns,
    (next) => {
      set(next)
      try {
        localStorage.setItem(place(), JSON.stringify(next))
      } catch {
        // A browser that keeps nothing still shows the choice until the page is left.
      }
    },
  ]
}

/** Moves one entry of a list by one place. */
export function moved(list: string[], entry: string, by: -1 | 1): string[] {
  const from = list.indexOf(entry)
  const to = from + by
  if (from < 0 || to < 0 || to >= list.length) return list
  const out = [...list]
  out.splice(from, 1)
  out.splice(to, 0, entry)
  return out
}
