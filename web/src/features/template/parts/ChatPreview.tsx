import { PictureOutlined } from '@ant-design/icons'
import type { UseQueryResult } from '@tanstack/react-query'
import { Alert, Flex, Typography } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { Failure, Loading } from '@/components/ui/Faces'

import type { Rendered } from '../api'
import { useCause } from '../causes'
import { Phone } from '../Phone'
import './parts.css'

interface ChatPreviewProps {
  /** The message filled in by the server; nothing is asked for while the content is too unfinished. */
  preview: UseQueryResult<Rendered>
  empty: boolean
  /** Something that was written is not shown yet. */
  partly: boolean
  /** It is filled in with made-up data. */
  sample: boolean
  from: string
  refused: string
  about: (filled: Rendered) => string
  children: (filled: Rendered) => ReactNode
}

/** A message as in a chat, what would keep it from being sent, and what it is about. */
export function ChatPreview({ preview, empty, partly, sample, from, refused, about, children }: ChatPreviewProps) {
  const { t } = useTranslation()
  const cause = useCause()
  if (empty) return <Typography.Text type="secondary">{t('messengerEditor.previewEmpty')}</Typography.Text>
  if (preview.isPending) return <Loading />
  if (preview.isError) return <Failure error={preview.error} />
  const troubles = preview.data.problems ?? []
  return (
    <Flex vertical gap={12}>
      <Phone from={from}>{children(preview.data)}</Phone>
      {troubles.length > 0 && (
        <Alert
          type="warning"
          showIcon
          title={refused}
          description={
            <ul className="template-list">
              {troubles.map((trouble) => (
                <li key={`${trouble.param} ${trouble.code}`}>
                  <code className="template-path">{trouble.param}</code>: {cause(trouble)}
                </li>
              ))}
            </ul>
          }
        />
      )}
      {partly && <Typography.Text type="secondary">{t('messengerEditor.partly')}</Typography.Text>}
      <Typography.Text type="secondary">
        {about(preview.data)}
        {sample && ` ${t('messengerEditor.sample')}`}
      </Typography.Text>
    </Flex>
  )
}

/** Pictures are named, not shown: the page may load nothing from other hosts. */
export function Picture({ address }: { address: string }) {
  return (
    <div className="template-picture">
      <PictureOutlined aria-hidden />
      <span>{address}</span>
    </div>
  )
}

/** The parameters of an approved template with what fills them. */
export function Values({ of }: { of: Record<string, string> }) {
  return (
    <dl className="template-values">
      {Object.entries(of).map(([name, filled]) => (
        <div key={name} className="template-value">
          <dt>
            <Typography.Text type="secondary">{name}</Typography.Text>
          </dt>
          <dd>{filled}</dd>
        </div>
      ))}
    </dl>
  )
}
