import { queryOptions } from '@tanstack/react-query'

import { answer, client } from '@/api/client'

import type { Offer } from './content'

/** What an account offers: it is asked each time, and not again for a while. */
export const offerQuery = (connection: number, language: string) =>
  queryOptions({
    queryKey: ['sync-offer', connection, language],
    queryFn: ({ signal }): Promise<Offer> =>
      answer(client.GET('/connections/{id}/sync-offer', { params: { path: { id: connection } }, signal })),
    enabled: connection > 0,
    staleTime: 5 * 60_000,
    retry: false,
  })
