import { Link, type LinkProps } from '@tanstack/react-router'
import { Flex, Typography } from 'antd'
import { type ReactNode, useEffect } from 'react'
import { useTranslation } from 'react-i18next'

import { useZone } from '@/api/session'

interface PageProps {
  title: string
  /** Beside the title: chips of the thing that the page shows. */
  mark?: ReactNode
  /** At the right: what may be done. */
  extra?: ReactNode
  /** The list from which one came. */
  back?: { text: string; to: LinkProps['to'] }
  /** Says in which zone times are shown. */
  zone?: boolean
  children: ReactNode
}

/** The frame of one page behind sign-in: its heading, which is the browser's title too, what may be done, and the content. */
export function Page({ title, mark, extra, back, zone, children }: PageProps) {
  const { t } = useTranslation()
  const place = useZone()
  useEffect(() => {
    document.title = `${title} · Loa`
  }, [title])
  return (
    <div className="page">
      {back && (
        <Link to={back.to} className="back">
          ← {back.text}
        </Link>
      )}
      <Flex justify="space-between" align="center" wrap gap={8} className="page-head">
        <Flex align="center" gap={10} wrap style={{ minWidth: 0 }}>
          <Typography.Title level={1} className="page-title">
            {title}
          </Typography.Title>
          {mark}
        </Flex>
        <Flex gap={8} wrap align="center">
          {zone && <Typography.Text type="secondary">{t('app.zone', { zone: place })}</Typography.Text>}
          {extra}
        </Flex>
      </Flex>
      {children}
    </div>
  )
}
