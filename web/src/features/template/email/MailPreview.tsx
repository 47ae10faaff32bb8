import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Alert, Flex, Segmented, Typography } from 'antd'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Failure, Loading } from '@/components/ui/Faces'

import { renderedQuery } from './api'
import { type EmailContent, showable } from './content'
import { useSettled } from './settled'
import './email.css'

/** The mail as a recipient sees it, filled in with a contact or with made-up data. It stands in a frame that runs nothing and loads nothing from elsewhere. */
export function MailPreview({ content, contact }: { content: EmailContent; contact?: number }) {
  const { t } = useTranslation()
  const [width, setWidth] = useState<600 | 375>(600)
  const settled = useSettled(content, 500)
  const mail = useQuery({ ...renderedQuery(settled, contact), placeholderData: keepPreviousData })
  const html = mail.data?.html
  const shown = useMemo(() => showable(html ?? '', t('emailEditor.preview.picture')), [html, t])
  if (!settled.subject.trim() || !settled.html.trim())
    return <Typography.Text type="secondary">{t('emailEditor.preview.nothing')}</Typography.Text>
  if (mail.isPending) return <Loading />
  if (mail.error) return <Failure error={mail.error} />
  const missing = mail.data.missing ?? []
  return (
    <Flex vertical gap={12}>
      <Segmented<600 | 375>
        aria-label={t('emailEditor.preview.width')}
        value={width}
        onChange={setWidth}
        options={[
          { value: 600, label: t('emailEditor.preview.desktop') },
          { value: 375, label: t('emailEditor.preview.mobile') },
        ]}
        style={{ alignSelf: 'center' }}
      />
      {contact ? (
        missing.length > 0 && (
          <Alert type="warning" showIcon title={t('emailEditor.preview.missing', { list: missing.join(', ') })} />
        )
      ) : (
        <Typography.Text type="secondary">{t('emailEditor.preview.sample')}</Typography.Text>
      )}
      <div>
        <Typography.Text type="secondary">{t('emailEditor.preview.inbox')}</Typography.Text>
        <div className="mail-line">
          <b>{mail.data.subject || t('emailEditor.preview.noSubject')}</b>{' '}
          <Typography.Text type="secondary">{preheader(html ?? '', settled)}</Typography.Text>
        </div>
      </div>
      {shown.foreign > 0 && (
        <Typography.Text type="secondary">{t('emailEditor.preview.foreign', { count: shown.foreign })}</Typography.Text>
      )}
      <iframe
        className="mail-frame"
        title={t('emailEditor.preview.frame')}
        sandbox=""
        srcDoc={shown.html}
        style={{ width, height: '70vh' }}
      />
    </Flex>
  )
}

/** What stands after the subject in a list of mails: the preheader, else the beginning of the text. */
function preheader(html: string, content: EmailContent): string {
  if (!content.preheader && !html) return ''
  const doc = new DOMParser().parseFromString(html, 'text/html')
  for (const el of doc.querySelectorAll('style, title')) el.remove()
  return (doc.body.textContent ?? '').replace(/\s+/g, ' ').trim().slice(0, 120)
}
