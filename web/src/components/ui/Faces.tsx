import { Alert, Button, Empty, Flex, Spin } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { Problem } from '@/api/problem'

/** The loading face of a page or a part of it. */
export function Loading() {
  const { t } = useTranslation()
  return (
    <Flex justify="center" style={{ padding: 48 }} role="status" aria-label={t('common.loading')}>
      <Spin />
    </Flex>
  )
}

/** Says in words what an error means to a person. */
export function useErrorText() {
  const { t } = useTranslation()
  return (error: unknown): string => {
    if (!(error instanceof Problem)) return t('error.network')
    return error.detail || t('error.unreadable', { status: error.status })
  }
}

/** The error face, with the request id for the administrator and a way to try again. */
export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation()
  const text = useErrorText()
  const fields = error instanceof Problem ? error.errors.filter((f) => f.detail !== error.detail) : []
  return (
    <Alert
      type="error"
      showIcon
      role="alert"
      title={text(error)}
      description={
        <>
          {fields.length > 0 && (
            <ul style={{ margin: 0, paddingInlineStart: 18 }}>
              {fields.map((f) => (
                <li key={`${f.path} ${f.code}`}>{f.detail}</li>
              ))}
            </ul>
          )}
          {error instanceof Problem && error.requestID && (
            <small>{t('common.requestId', { id: error.requestID })}</small>
          )}
        </>
      }
      action={
        retry && (
          <Button size="small" onClick={retry}>
            {t('common.retry')}
          </Button>
        )
      }
    />
  )
}

/** The empty face: says that nothing is there and what could be done. */
export function Nothing({ text, hint, action }: { text: string; hint?: string; action?: ReactNode }) {
  return (
    <Empty
      image={Empty.PRESENTED_IMAGE_SIMPLE}
      description={
        <>
          <div>{text}</div>
          {hint && <small>{hint}</small>}
        </>
      }
    >
      {action}
    </Empty>
  )
}
