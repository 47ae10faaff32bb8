/**
 * One-time addresses look like /#/link?token=…: the secret stands behind "#", so that no server, proxy or log sees it. Before the router starts, the page named there becomes the path
 * and the secret moves from the address bar and the history into memory.
 */
let kept = ''

export function openSecretAddress(): void {
  const found = /^#\/(setup|link)\?token=([\w.~-]+)$/.exec(window.location.hash)
  if (!found) return
  kept = found[2] ?? ''
  window.history.replaceState(null, '', `/${found[1]}`)
}

/** The secret of the address with which the app was opened; '' when there was none. */
export const secret = (): string => kept
