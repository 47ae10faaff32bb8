import type { ReactNode } from 'react'

/** A table that is wider than the page: scrolls sideways by itself, by keyboard too. */
export function Wide({ label, width, children }: { label: string; width: number; children: ReactNode }) {
  return (
    // A region that scrolls must be reachable by keyboard.
    <div role="region" aria-label={label} tabIndex={0} style={{ overflowX: 'auto' }}>
      <div style={{ minWidth: width }}>{children}</div>
    </div>
  )
}
