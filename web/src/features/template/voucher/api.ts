import { queryOptions } from '@tanstack/react-query'

import { answer, client } from '@/api/client'
import type { components } from '@/api/schema'

export type Voucher = components['schemas']['Voucher']

/** The newest vouchers; a shop has few that still give codes. */
export const vouchersQuery = queryOptions({
  queryKey: ['vouchers', 'choices'],
  queryFn: async ({ signal }): Promise<Voucher[]> =>
    (await answer(client.GET('/vouchers', { params: { query: { limit: 100 } }, signal }))).items ?? [],
  staleTime: 10_000,
})

/** One voucher, also one that is not among the newest. */
export const voucherQuery = (id: number) =>
  queryOptions({
    queryKey: ['vouchers', 'one', id],
    queryFn: ({ signal }): Promise<Voucher> =>
      answer(client.GET('/vouchers/{id}', { params: { path: { id } }, signal })),
    enabled: id > 0,
    retry: false,
  })
