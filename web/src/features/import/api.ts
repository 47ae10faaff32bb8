import { keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import { answer, base, callHeaders, client } from '@/api/client'
import { Problem } from '@/api/problem'
import type { components } from '@/api/schema'

type Schemas = components['schemas']
export type Import = Schemas['ContactImport']
export type ImportOptions = Schemas['ContactImportOptions']
export type FileOptions = Schemas['ContactFileOptions']
export type ColumnMap = Schemas['ContactColumnMap']
export type Preview = Schemas['ContactPreview']
export type Attribute = Schemas['ContactAttribute']
export type ProblemRow = Schemas['ContactProblemRow']

/** The largest file that the API takes. */
export const maxBytes = 512 * 1024 * 1024

export const isWorking = (i: Import) => i.state === 'queued' || i.state === 'running'

const pageSize = 20

/** Past imports, newest first; the next page begins below the last id. */
export const importsQuery = (before: number | undefined) =>
  queryOptions({
    queryKey: ['imports', 'list', before],
    queryFn: async ({ signal }) => {
      const items =
        (await answer(client.GET('/imports', { params: { query: { before, limit: pageSize + 1 } }, signal }))) ?? []
      const shown = items.slice(0, pageSize)
      return { items: shown, next: items.length > pageSize ? shown.at(-1)?.id : undefined }
    },
    placeholderData: keepPreviousData,
    refetchInterval: (query) => (query.state.data?.items.some(isWorking) ? 2000 : false),
  })

/** One import; asks again every second while it works. */
export const importQuery = (id: number) =>
  queryOptions({
    queryKey: ['imports', 'one', id],
    queryFn: ({ signal }) => answer(client.GET('/imports/{id}', { params: { path: { id } }, signal })),
    refetchInterval: (query) => (query.state.data && isWorking(query.state.data) ? 1000 : false),
  })

/** The head of the file as it would be taken with these options. */
export const previewQuery = (id: number, options: Pick<ImportOptions, 'file' | 'columns'>, language: string) =>
  queryOptions({
    queryKey: ['imports', 'preview', id, options, language],
    queryFn: ({ signal }) =>
      answer(client.POST('/imports/{id}/preview', { params: { path: { id } }, body: options, signal })),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    retry: false,
    refetchOnWindowFocus: false,
  })

export const problemsQuery = (
  id: number,
  severity: 'rejected' | 'warning' | undefined,
  after: number | undefined,
  language: string,
) =>
  queryOptions({
    queryKey: ['imports', 'problems', id, severity, after, language],
    queryFn: ({ signal }) => {
      const query = { severity, after, limit: 20 }
      return answer(client.GET('/imports/{id}/problems', { params: { path: { id }, query }, signal }))
    },
    placeholderData: keepPreviousData,
  })

export const attributesQuery = queryOptions({
  queryKey: ['attributes'],
  queryFn: async ({ signal }) => (await answer(client.GET('/attributes', { signal }))) ?? [],
  staleTime: 30_000,
})

export const tagsQuery = queryOptions({
  queryKey: ['tags'],
  queryFn: async ({ signal }) => (await answer(client.GET('/tags', { signal }))) ?? [],
  staleTime: 30_000,
})

/** Sends a file and tells how far it is, from 0 to 1. Ending the signal ends the call. */
export function upload(file: File, progress: (part: number) => void, signal: AbortSignal): Promise<Import> {
  return new Promise((resolve, reject) => {
    const call = new XMLHttpRequest()
    const form = new FormData()
    form.append('file', file, file.name)
    call.open('POST', `${base}/imports`)
    for (const [name, value] of Object.entries(callHeaders())) call.setRequestHeader(name, value)
    call.responseType = 'json'
    call.upload.onprogress = (e) => {
      if (e.lengthComputable) progress(e.loaded / e.total)
    }
    call.onload = () => {
      if (call.status >= 200 && call.status < 300) resolve(call.response as Import)
      else reject(new Problem(call.status, call.response))
    }
    call.onerror = () => {
      reject(new TypeError('connection lost'))
    }
    call.onabort = () => {
      reject(new DOMException('cancelled', 'AbortError'))
    }
    signal.addEventListener('abort', () => {
      call.abort()
    })
    call.send(form)
  })
}

export function useStartImport(id: number) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: ImportOptions) => answer(client.POST('/imports/{id}/start', { params: { path: { id } }, body })),
    onSuccess: (made) => {
      queries.setQueryData(importQuery(id).queryKey, made)
      void queries.invalidateQueries({ queryKey: ['imports', 'list'] })
      // New tags and attributes come with it.
      void queries.invalidateQueries({ queryKey: ['attributes'] })
    },
  })
}

export function useCancelImport() {
  const queries = useQueryClient()
  return async (id: number) => {
    await answer(client.POST('/imports/{id}/cancel', { params: { path: { id } } }))
    await queries.invalidateQueries({ queryKey: ['imports'] })
  }
}
