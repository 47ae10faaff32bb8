import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { answer, client } from '@/api/client'
import { type FieldProblem, Problem } from '@/api/problem'

import type { Condition } from './condition'
import { isComplete } from './shape'

/** What conditions can test in this workspace, labelled in a language. */
export const fieldsQuery = (language: string) =>
  queryOptions({
    queryKey: ['segments', 'fields', language],
    queryFn: async ({ signal }) => {
      const body = await answer(client.GET('/segments/fields', { signal }))
      return { fields: body.items ?? [], events: body.events ?? [] }
    },
    staleTime: 60_000,
  })

export function useFields() {
  const { i18n } = useTranslation()
  return useQuery(fieldsQuery(i18n.language))
}

/** Segments to choose from, by a part of their name. */
export const segmentChoices = (search: string) =>
  queryOptions({
    queryKey: ['segments', 'choices', search],
    queryFn: async ({ signal }) => {
      const query = { limit: 50, search: search || undefined }
      const body = await answer(client.GET('/segments', { params: { query }, signal }))
      return (body.items ?? []).map((s) => ({ id: s.id, name: s.name }))
    },
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  })

/** The name of one segment, for one that is chosen but not in the list. */
export const segmentName = (id: number) =>
  queryOptions({
    queryKey: ['segments', 'name', id],
    queryFn: async ({ signal }) =>
      (await answer(client.GET('/segments/{id}', { params: { path: { id } }, signal }))).name,
    staleTime: 60_000,
  })

/** Campaigns to choose from, by a part of their name. */
export const campaignChoices = (search: string) =>
  queryOptions({
    queryKey: ['campaigns', 'choices', search],
    queryFn: async ({ signal }) => {
      const query = { limit: 50, search: search || undefined }
      const body = await answer(client.GET('/campaigns', { params: { query }, signal }))
      return (body.items ?? []).map((c) => ({ id: c.id, name: c.name }))
    },
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  })

/** The name of one campaign, for one that is chosen but not in the list. */
export const campaignName = (id: number) =>
  queryOptions({
    queryKey: ['campaigns', 'name', id],
    queryFn: async ({ signal }) =>
      (await answer(client.GET('/campaigns/{id}', { params: { path: { id } }, signal }))).name,
    staleTime: 60_000,
  })

/** How many people meet a condition now. A newer question ends the older one. */
export const countQuery = (condition: Condition) =>
  queryOptions({
    queryKey: ['segments', 'count', condition],
    queryFn: async ({ signal }) =>
      (await answer(client.POST('/segments/count', { body: { condition }, signal }))).count,
    staleTime: 30_000,
    retry: false,
  })

/** The newest people who meet a condition. */
export const sampleQuery = (condition: Condition) =>
  queryOptions({
    queryKey: ['segments', 'sample', condition],
    queryFn: async ({ signal }) =>
      (await answer(client.POST('/segments/sample', { body: { condition, limit: 5 }, signal }))).items ?? [],
    staleTime: 30_000,
    retry: false,
  })

/** Gives a value once it has rested for a moment. */
export function useRested<T>(value: T, wait = 400): T {
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

/** What is wrong with a condition while it is being edited, as soon as it rests. */
export function useConditionProblems(condition: Condition): FieldProblem[] {
  const { i18n } = useTranslation()
  const rested = useRested(condition)
  const { error } = useQuery({ ...summaryQuery(rested, i18n.language), enabled: isComplete(rested) })
  return useMemo(
    () => (error instanceof Problem && rested === condition ? error.errors : []),
    [error, rested, condition],
  )
}

/** A condition in words, without counting anybody. */
export const summaryQuery = (condition: Condition, language: string) =>
  queryOptions({
    queryKey: ['segments', 'summary', condition, language],
    queryFn: async ({ signal }) =>
      (await answer(client.POST('/segments/summary', { body: { condition }, signal }))).summary,
    staleTime: 30_000,
    retry: false,
  })
