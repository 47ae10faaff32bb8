import type { ReactNode } from 'react'

import './template.css'

/** A message as on a phone: who sends it, and what it says. */
export function Phone({ from, children }: { from: string; children: ReactNode }) {
  return (
    <div className="template-phone">
      <div className="template-phone-head">{from}</div>
      <div className="template-phone-body">{children}</div>
    </div>
  )
}
