import { queryOptions } from '@tanstack/react-query'

import { answer, client } from '@/api/client'
import type { components } from '@/api/schema'

export type Campaign = components['schemas']['Campaign']

/** Campaigns that people enter one by one and that are not over, newest first. */
export const entriesQuery = (search: string) =>
  queryOptions({
    queryKey: ['campaigns', 'entries', search],
    queryFn: async ({ signal }): Promise<Campaign[]> => {
      const page = await answer(
        client.GET('/campaigns', {
          params: {
            query: {
              search: search || undefined,
              state: 'draft,pending_activation,scheduled,running,paused',
              limit: 200,
            },
          },
          signal,
        }),
      )
      return (page.items ?? []).filter((c) => c.audience.entry)
    },
    staleTime: 10_000,
  })

export const startedQuery = (id: number) =>
  queryOptions({
    queryKey: ['campaigns', 'one', id],
    queryFn: ({ signal }): Promise<Campaign> =>
      answer(client.GET('/campaigns/{id}', { params: { path: { id } }, signal })),
    enabled: id > 0,
    retry: false,
  })
