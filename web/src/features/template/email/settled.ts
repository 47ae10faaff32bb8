import { useEffect, useState } from 'react'

/** A value that follows another one when it has not changed for a while. */
export function useSettled<T>(value: T, wait: number): T {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = window.setTimeout(() => {
      setSettled(value)
    }, wait)
    return () => {
      window.clearTimeout(timer)
    }
  }, [value, wait])
  return settled
}
