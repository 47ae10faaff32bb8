/**
 * Reads the secret of a one-time address, given behind "#" (never sent to servers or logs) or as ?token=, and removes it from the address bar and the history.
 */
export function takeSecret(): string {
  const { hash, search, pathname } = window.location
  const behind = hash.replace(/^#\/?/, '')
  const token = new URLSearchParams(search).get('token') ?? new URLSearchParams(behind).get('token') ?? behind
  if (token) window.history.replaceState(window.history.state, '', pathname)
  return token
}
