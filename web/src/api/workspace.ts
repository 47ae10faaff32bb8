const stored = 'loa.workspace'

/** The workspace that the person chose in this tab, as the API wants it; undefined = the first one. Two tabs may stand in two workspaces; a new tab begins where the last choice was made. */
export function chosenWorkspace(): string | undefined {
  return window.sessionStorage.getItem(stored) ?? window.localStorage.getItem(stored) ?? undefined
}

export function chooseWorkspace(id: number | undefined) {
  for (const store of [window.sessionStorage, window.localStorage]) {
    if (id === undefined) store.removeItem(stored)
    else store.setItem(stored, String(id))
  }
}
