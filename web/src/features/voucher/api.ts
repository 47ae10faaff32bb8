import { keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import { answer, base, callHeaders, client } from '@/api/client'
import { Problem } from '@/api/problem'
import type { components } from '@/api/schema'

export type Voucher = components['schemas']['Voucher']
export type VoucherForm = components['schemas']['VoucherForm']
export type Added = components['schemas']['VoucherAdded']
export type PersonState = 'waiting' | 'given' | 'failed'

const all = ['vouchers'] as const

export const vouchersQuery = (cursor?: string) =>
  queryOptions({
    queryKey: [...all, 'list', cursor],
    queryFn: () => answer(client.GET('/vouchers', { params: { query: { cursor, limit: 25 } } })),
    placeholderData: keepPreviousData,
  })

export const voucherQuery = (id: number) =>
  queryOptions({
    queryKey: [...all, 'one', id],
    queryFn: () => answer(client.GET('/vouchers/{id}', { params: { path: { id } } })),
  })

export const peopleQuery = (id: number, state?: PersonState, cursor?: string) =>
  queryOptions({
    queryKey: [...all, 'people', id, state, cursor],
    queryFn: () =>
      answer(client.GET('/vouchers/{id}/people', { params: { path: { id }, query: { state, cursor, limit: 25 } } })),
    placeholderData: keepPreviousData,
  })

/** An act on vouchers; every list and figure is asked anew after it. */
function useChange<Input, Output>(act: (input: Input) => Promise<Output>) {
  const queries = useQueryClient()
  return useMutation({ mutationFn: act, onSuccess: () => queries.invalidateQueries({ queryKey: all }) })
}

export const useSaveVoucher = (id?: number) =>
  useChange((body: VoucherForm) =>
    id === undefined
      ? answer(client.POST('/vouchers', { body }))
      : answer(client.PUT('/vouchers/{id}', { params: { path: { id } }, body })),
  )

export const useGenerate = (id: number) =>
  useChange((body: { count: number; prefix?: string; length?: number }) =>
    answer(client.POST('/vouchers/{id}/generate', { params: { path: { id } }, body })),
  )

/** Sends a file or a pasted text as it is: the server reads it line by line. */
export const useImportCodes = (id: number) =>
  useChange(async (codes: Blob | string): Promise<Added> => {
    const response = await window.fetch(
      new Request(new URL(`${base}/vouchers/${id}/codes`, window.location.origin), {
        method: 'POST',
        body: codes,
        headers: { ...callHeaders(), 'Content-Type': 'text/plain' },
      }),
    )
    const body: unknown = await response.json().catch(() => undefined)
    if (!response.ok) throw new Problem(response.status, body)
    return body as Added
  })

export const useVoucherActs = (id: number) => {
  const params = { params: { path: { id } } }
  return {
    close: useChange(() => answer(client.POST('/vouchers/{id}/close', params))),
    open: useChange(() => answer(client.POST('/vouchers/{id}/open', params))),
    remove: useChange(() => answer(client.DELETE('/vouchers/{id}', params))),
    retry: useChange(() => answer(client.POST('/vouchers/{id}/retry', params))),
  }
}

export const useRedeem = () =>
  useChange((body: { code: string; reference: string; voucher_id?: number }) =>
    answer(client.POST('/vouchers/redeem', { body })),
  )

/** Where a voucher stands at a moment. */
export function stateOf(voucher: Voucher, now = Date.now()): 'closed' | 'soon' | 'over' | 'open' {
  if (voucher.closed_at) return 'closed'
  if (voucher.valid_from && Date.parse(voucher.valid_from) > now) return 'soon'
  if (voucher.valid_until && Date.parse(voucher.valid_until) <= now) return 'over'
  return 'open'
}
