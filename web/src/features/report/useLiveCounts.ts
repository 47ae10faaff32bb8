import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'

import { address } from '@/api/client'

import { type Counts, countsQuery, reportKeys } from './api'

const pollEvery = 3000

/**
 * The counters of a campaign: read once, then pushed by the server while something may still change and the tab is seen. When the stream breaks, the browser reconnects by itself and the
 * counters are polled until it is back.
 */
export function useLiveCounts(id: number, started: boolean, watch: boolean) {
  const queries = useQueryClient()
  const [live, setLive] = useState(false)
  const counts = useQuery({
    ...countsQuery(id),
    enabled: started,
    refetchInterval: watch && !live ? pollEvery : false,
  })

  useEffect(() => {
    if (!started || !watch || typeof EventSource === 'undefined') return
    let source: EventSource | undefined
    const close = () => {
      source?.close()
      source = undefined
      setLive(false)
    }
    const open = () => {
      source = new EventSource(address(`/campaigns/${id}/events`))
      source.addEventListener('counts', (event: MessageEvent<string>) => {
        setLive(true)
        queries.setQueryData(reportKeys.counts(id), JSON.parse(event.data) as Counts)
      })
      source.addEventListener('error', () => {
        setLive(false)
      })
    }
    // A browser has few connections to one server: a hidden tab gives its own back.
    const seen = () => {
      if (document.hidden) close()
      else if (!source) open()
    }
    seen()
    document.addEventListener('visibilitychange', seen)
    return () => {
      document.removeEventListener('visibilitychange', seen)
      close()
    }
  }, [id, started, watch, queries])

  return { counts, live: live && watch }
}
