import { useState } from 'react'

const stored = (workspace: number) => `loa.checklist.${workspace}`

/** Whether the person has put the checklist away in this browser; it is about the person, not about the shop. */
export function useDismissed(workspace: number): [boolean, (dismissed: boolean) => void] {
  const [dismissed, set] = useState(() => window.localStorage.getItem(stored(workspace)) === '1')
  return [
    dismissed,
    (now) => {
      if (now) window.localStorage.setItem(stored(workspace), '1')
      else window.localStorage.removeItem(stored(workspace))
      set(now)
    },
  ]
}
