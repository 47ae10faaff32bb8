import { useSyncExternalStore } from 'react'

/** Light or dark, remembered on this device; before a choice the device decides. */
export type Mode = 'light' | 'dark'

const stored = 'loa.theme'
const listeners = new Set<() => void>()

function current(): Mode {
  const choice = window.localStorage.getItem(stored)
  if (choice === 'light' || choice === 'dark') return choice
  return window.matchMedia?.('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
}

export function setMode(mode: Mode) {
  window.localStorage.setItem(stored, mode)
  listeners.forEach((listener) => {
    listener()
  })
}

export function useMode(): Mode {
  return useSyncExternalStore((listener) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }, current)
}
