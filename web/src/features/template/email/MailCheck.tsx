import { CheckCircleOutlined, WarningOutlined } from '@ant-design/icons'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Flex, Tag, Typography } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { Failure, Loading } from '@/components/ui/Faces'

import { reportQuery } from './api'
import { clipBytes, type EmailContent } from './content'
import { useSettled } from './settled'
import { formatBytes } from './words'

/** What the server says of the mail: size, unsubscribing, what is left out, links, variables, pictures without a description. */
export function MailCheck({ content, warnings }: { content: EmailContent; warnings: string[] }) {
  const { t, i18n } = useTranslation()
  const settled = useSettled(content, 500)
  const report = useQuery({ ...reportQuery(settled), placeholderData: keepPreviousData })
  if (!settled.subject.trim() || !settled.html.trim())
    return <Typography.Text type="secondary">{t('emailEditor.check.nothing')}</Typography.Text>
  if (report.isPending) return <Loading />
  if (report.error) return <Failure error={report.error} />
  const mail = report.data.email
  if (!mail) return null
  const removed = mail.removed ?? []
  const links = report.data.links ?? []
  const variables = report.data.variables ?? []
  const unknown = report.data.unknown ?? []
  const size = formatBytes(mail.html_bytes, i18n.language)
  const clipped = mail.html_bytes >= clipBytes
  return (
    <Flex vertical gap={16}>
      <Line title={t('emailEditor.check.size')} good={!clipped}>
        {clipped ? t('emailEditor.check.clipped', { size }) : t('emailEditor.check.sizeOk', { size })}
      </Line>
      <Line title={t('emailEditor.check.optOut')} good={mail.opt_out || mail.footer}>
        {mail.opt_out
          ? t('emailEditor.check.optOutOwn')
          : mail.footer
            ? t('emailEditor.check.optOutFooter')
            : t('emailEditor.check.optOutNone')}
      </Line>
      <Line title={t('emailEditor.check.removed')} good={removed.length === 0}>
        {removed.length === 0 ? (
          t('emailEditor.check.removedNone')
        ) : (
          <>
            {t('emailEditor.check.removedWhy')}
            <ul>
              {removed.map((r) => (
                <li key={`${r.kind} ${r.name}`}>
                  {t(`emailEditor.check.removedItem.${r.kind as 'element'}`, { name: r.name, n: r.count })}
                </li>
              ))}
            </ul>
          </>
        )}
      </Line>
      <Line title={t('emailEditor.check.alt')} good={mail.images_without_text === 0}>
        {mail.images_without_text === 0
          ? t('emailEditor.check.altOk')
          : t('emailEditor.check.altMissing', { count: mail.images_without_text })}
      </Line>
      <Line title={t('emailEditor.check.variables')} good={unknown.length === 0}>
        {unknown.length > 0 && <div>{t('emailEditor.check.unknown', { list: unknown.join(', ') })}</div>}
        {variables.length === 0
          ? t('emailEditor.check.variablesNone')
          : variables.map((name) => <Tag key={name}>{name}</Tag>)}
      </Line>
      {warnings.length > 0 && (
        <Line title={t('emailEditor.check.mjml')} good={false}>
          <ul>
            {warnings.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </Line>
      )}
      <div>
        <Typography.Title level={2} style={{ fontSize: 15, marginBottom: 4 }}>
          {t('emailEditor.check.links')}
        </Typography.Title>
        {links.length === 0 ? (
          t('emailEditor.check.linksNone')
        ) : (
          <>
            {t('emailEditor.check.linksTracked')}
            <ul style={{ overflowWrap: 'anywhere' }}>
              {links.map((link) => (
                <li key={link.index}>
                  <code>{link.source}</code>
                  {link.dynamic && <Tag style={{ marginInlineStart: 8 }}>{t('emailEditor.check.linkDynamic')}</Tag>}
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </Flex>
  )
}

function Line({ title, good, children }: { title: string; good: boolean; children: ReactNode }) {
  const { t } = useTranslation()
  return (
    <div>
      <Typography.Title level={2} style={{ fontSize: 15, marginBottom: 4 }}>
        {title}{' '}
        <Tag color={good ? 'success' : 'warning'} icon={good ? <CheckCircleOutlined /> : <WarningOutlined />}>
          {good ? t('emailEditor.check.ok') : t('emailEditor.check.warn')}
        </Tag>
      </Typography.Title>
      <div>{children}</div>
    </div>
  )
}
