import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'

import { base } from '@/api/client'

import { type Counts, countsQuery, reportKeys } from './api'

const pollEvery = 3000

/**
 * The counters of a campaign: read once, then pushed by the server while something may still change. When the stream breaks, the browser reconnects by itself and the counters are polled
 * until it is back.
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
    const source = new EventSource(`${base}/campaigns/${id}/events`)
    const take = (event: MessageEvent<string>) => {
      setLive(true)
      queries.setQueryData(reportKeys.counts(id), JSON.parse(event.data) as Counts)
    }
    source.addEventListener('counts', take)
    source.addEventListener('error', () => {
      setLive(false)
    })
    return () => {
      source.close()
      setLive(false)
    }
  }, [id, started, watch, queries])

  return { counts, live: live && watch }
}
