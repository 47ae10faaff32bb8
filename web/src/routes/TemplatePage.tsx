import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { App, Button, Tag } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useCan } from '@/api/session'
import { Failure, Loading } from '@/components/ui/Faces'
import { Page } from '@/components/ui/Page'
import { useAskDelete, useClone } from '@/features/template/actions'
import { templateQuery } from '@/features/template/api'
import { TemplateEditor } from '@/features/template/TemplateEditor'
import { useChannel } from '@/lib/words'

/** Makes a template of one channel. */
export function TemplateNewPage() {
  const { t } = useTranslation()
  const { channel } = useSearch({ from: '/app/templates/new' })
  const navigate = useNavigate()
  const { message } = App.useApp()
  const name = useChannel()
  return (
    <Page
      title={t('templates.newOf', { channel: name(channel) })}
      back={{ text: t('templates.title'), to: '/templates' }}
    >
      <TemplateEditor
        key={channel}
        channel={channel}
        onSaved={(saved) => {
          void message.success(t('templates.saved', { name: saved.name }))
          void navigate({ to: '/templates/$id', params: { id: saved.id }, search: {}, replace: true })
        }}
        onReload={() => undefined}
      />
    </Page>
  )
}

/** Shows and changes one template, or shows an old version of it. */
export function TemplatePage() {
  const { t } = useTranslation()
  const { id } = useParams({ from: '/app/templates/$id' })
  const { version } = useSearch({ from: '/app/templates/$id' })
  const navigate = useNavigate()
  const { message } = App.useApp()
  const may = useCan()('marketer')
  const channel = useChannel()
  const [round, setRound] = useState(0)
  // What is being edited must not change under the hands.
  const newest = useQuery({ ...templateQuery(id), refetchOnWindowFocus: false, refetchOnReconnect: false })
  const old = useQuery({ ...templateQuery(id, version), enabled: version !== undefined })
  const toList = () => void navigate({ to: '/templates', search: {} })
  const ask = useAskDelete(toList)
  const clone = useClone()
  const shown = version === undefined ? newest : old
  const back = { text: t('templates.title'), to: '/templates' } as const
  const failed = newest.isError ? newest : old.isError && version !== undefined ? old : undefined
  if (failed)
    return (
      <Page title={t('templates.title')} back={back}>
        <Failure error={failed.error} retry={() => void failed.refetch()} />
      </Page>
    )
  if (!newest.data || !shown.data)
    return (
      <Page title={t('templates.title')} back={back}>
        <Loading />
      </Page>
    )
  const template = shown.data
  return (
    <Page
      title={newest.data.name}
      mark={<Tag>{channel(template.channel)}</Tag>}
      back={back}
      zone
      extra={
        may && (
          <>
            <Button
              onClick={() =>
                void clone(newest.data).then((made) => {
                  if (made) void navigate({ to: '/templates/$id', params: { id: made.id }, search: {} })
                })
              }
            >
              {t('common.clone')}
            </Button>
            <Button danger onClick={() => void ask(newest.data)}>
              {t('common.delete')}
            </Button>
          </>
        )
      }
    >
      <TemplateEditor
        key={`${id} ${version ?? 0} ${round}`}
        channel={template.channel}
        template={template}
        newest={newest.data.version}
        onSaved={(saved) => {
          void message.success(t('templates.saved', { name: saved.name }))
          if (version !== undefined) void navigate({ to: '/templates/$id', params: { id }, search: {} })
        }}
        onReload={() => {
          void newest.refetch().then(() => {
            setRound(round + 1)
          })
        }}
      />
    </Page>
  )
}
