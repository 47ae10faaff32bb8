import { keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import { address, answer, callHeaders, client } from '@/api/client'
import { Problem } from '@/api/problem'
import type { components } from '@/api/schema'

export type Price = components['schemas']['CostPrice']
export type PriceForm = components['schemas']['CostPriceForm']
export type Invoice = components['schemas']['CostInvoice']
export type Line = components['schemas']['CostLine']

/** What a comparison may find, the worst first. */
export const verdicts = ['not_sent', 'failed', 'twice', 'price', 'unknown', 'not_charged', 'match'] as const
export type Verdict = (typeof verdicts)[number]

/** The networks that a price may be for: names, the same in every language. */
export const networks = {
  viettel: 'Viettel',
  mobifone: 'MobiFone',
  vinaphone: 'VinaPhone',
  vietnamobile: 'Vietnamobile',
  gmobile: 'Gmobile',
  itel: 'iTel',
  wintel: 'Wintel',
  indochina: 'Indochina Telecom',
}

const all = ['costs'] as const

export const pricesQuery = (id: number) =>
  queryOptions({
    queryKey: [...all, id, 'prices'],
    queryFn: () => answer(client.GET('/connections/{id}/prices', { params: { path: { id } } })),
  })

export const invoicesQuery = (id: number) =>
  queryOptions({
    queryKey: [...all, id, 'invoices'],
    queryFn: () =>
      answer(client.GET('/connections/{id}/invoices', { params: { path: { id }, query: { limit: 100 } } })),
    // A long bill is compared in the background.
    refetchInterval: (q) => (q.state.data?.items?.some((i) => i.state === 'comparing') ? 2000 : false),
  })

/** Lines of a comparison; `at` tells one comparison from the next. */
export const linesQuery = (id: number, invoice: number, verdict?: Verdict, cursor?: string, at?: string) =>
  queryOptions({
    queryKey: [...all, id, 'lines', invoice, verdict, cursor, at],
    queryFn: () =>
      answer(
        client.GET('/connections/{id}/invoices/{invoice}/lines', {
          params: { path: { id, invoice }, query: { verdict, cursor, limit: 50 } },
        }),
      ),
    placeholderData: keepPreviousData,
  })

function useChange<Input, Output>(act: (input: Input) => Promise<Output>) {
  const queries = useQueryClient()
  return useMutation({ mutationFn: act, onSuccess: () => queries.invalidateQueries({ queryKey: all }) })
}

export const useAddPrice = (id: number) =>
  useChange((body: PriceForm) => answer(client.POST('/connections/{id}/prices', { params: { path: { id } }, body })))

export const useRemovePrice = (id: number) =>
  useChange((price: number) =>
    answer(client.DELETE('/connections/{id}/prices/{price}', { params: { path: { id, price } } })),
  )

export const useInvoiceActs = (id: number) => ({
  check: useChange((invoice: number) =>
    answer(client.POST('/connections/{id}/invoices/{invoice}/check', { params: { path: { id, invoice } } })),
  ),
  remove: useChange((invoice: number) =>
    answer(client.DELETE('/connections/{id}/invoices/{invoice}', { params: { path: { id, invoice } } })),
  ),
})

export interface Upload {
  file: File
  month: string
  id_column?: string
  key_column?: string
  amount_column?: string
  phone_column?: string
}

/** Sends the file as it is; the server finds the columns. */
export const useImportInvoice = (id: number) =>
  useChange(async ({ file, ...query }: Upload): Promise<Invoice> => {
    const response = await window.fetch(
      new Request(
        new URL(address(`/connections/${id}/invoices`, { ...query, name: file.name }), window.location.origin),
        {
          method: 'POST',
          body: file,
          headers: { ...callHeaders(), 'Content-Type': 'text/csv' },
        },
      ),
    )
    const body: unknown = await response.json().catch(() => undefined)
    if (!response.ok) throw new Problem(response.status, body)
    return body as Invoice
  })
