/** Key paging in the address: the cursors of the pages that led here, so that "previous" works after a reload too. Cursors are base64url and hold no dot. */
export type Trail = string

export const currentCursor = (trail: Trail | undefined): string | undefined => trail?.split('.').pop() || undefined

export const nextTrail = (trail: Trail | undefined, cursor: string): Trail => (trail ? `${trail}.${cursor}` : cursor)

export const previousTrail = (trail: Trail | undefined): Trail | undefined =>
  trail?.split('.').slice(0, -1).join('.') || undefined
