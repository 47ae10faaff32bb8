import { useEffect, useState } from 'react'

/** Gives a value once it has rested for a moment, so that not every key asks the server. */
export function useRested<T>(value: T, wait = 500): T {
  const [rested, setRested] = useState(value)
  useEffect(() => {
    const timer = window.setTimeout(() => {
      setRested(value)
    }, wait)
    return () => {
      window.clearTimeout(timer)
    }
  }, [value, wait])
  return rested
}
