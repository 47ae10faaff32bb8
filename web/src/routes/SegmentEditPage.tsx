import { useNavigate, useParams, useRouter, useSearch } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { App } from 'antd'
import { useTranslation } from 'react-i18next'

import { Failure, Loading } from '@/components/ui/Faces'
import { Page } from '@/components/ui/Page'
import { segmentQuery } from '@/features/segment/api'
import { SegmentEditor } from '@/features/segment/SegmentEditor'

/** Makes a segment, empty or as a copy. With `back` in the address it returns there with ?segment=<id>. */
export function SegmentNewPage() {
  const { t, i18n } = useTranslation()
  const { from, back, name } = useSearch({ from: '/app/segments/new' })
  const navigate = useNavigate()
  const { history } = useRouter()
  const { message } = App.useApp()
  const old = useQuery({ ...segmentQuery(from ?? 0, i18n.language), enabled: from !== undefined })
  const waiting = from !== undefined && old.isPending
  return (
    <Page title={t('segments.new')} back={back ? undefined : { text: t('segments.title'), to: '/segments' }}>
      {waiting && <Loading />}
      {old.isError && <Failure error={old.error} retry={() => void old.refetch()} />}
      {!waiting && !old.isError && (
        <SegmentEditor
          start={
            old.data
              ? {
                  ...old.data,
                  name: t('segments.copyOf', { name: old.data.name }),
                  // A list names only itself; its copy is a rule that takes the same people.
                  condition:
                    old.data.kind === 'list'
                      ? { op: 'and', items: [{ field: 'segment', operator: 'in', value: [old.data.id] }] }
                      : old.data.condition,
                }
              : { name: name ?? '', description: '', condition: null }
          }
          onSaved={(s) => {
            void message.success(t('segments.saved', { name: s.name }))
            if (back) history.push(`${back}${back.includes('?') ? '&' : '?'}segment=${s.id}`)
            else void navigate({ to: '/segments/$id', params: { id: s.id }, search: {} })
          }}
          onCancel={() => {
            if (back) history.push(back)
            else void navigate({ to: '/segments', search: {} })
          }}
        />
      )}
    </Page>
  )
}

/** Changes a segment. */
export function SegmentEditPage() {
  const { t, i18n } = useTranslation()
  const { id } = useParams({ from: '/app/segments/$id/edit' })
  const navigate = useNavigate()
  const { message } = App.useApp()
  // What is being edited must not change under the hands.
  const segment = useQuery({ ...segmentQuery(id, i18n.language), refetchOnWindowFocus: false })
  const show = () => void navigate({ to: '/segments/$id', params: { id }, search: {} })
  return (
    <Page
      title={segment.data ? t('segments.editTitle', { name: segment.data.name }) : t('segments.edit')}
      back={{ text: t('segments.title'), to: '/segments' }}
    >
      {segment.isPending && <Loading />}
      {segment.isError && <Failure error={segment.error} retry={() => void segment.refetch()} />}
      {segment.data && (
        <SegmentEditor
          key={id}
          segment={segment.data}
          onSaved={(s) => {
            void message.success(t('segments.saved', { name: s.name }))
            show()
          }}
          onCancel={show}
        />
      )}
    </Page>
  )
}
