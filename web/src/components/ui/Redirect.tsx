import { useNavigate } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'

/** Leads to another page, once: the router's own element goes again at each render, and the page that it stands on is still there while pages change. */
export function Redirect({ to, from }: { to: string; from?: string }) {
  const navigate = useNavigate()
  const target = useRef({ to, from })
  useEffect(() => {
    const { to: address, from: origin } = target.current
    void navigate({ to: address, search: origin ? { from: origin } : {}, replace: true })
  }, [navigate])
  return null
}
