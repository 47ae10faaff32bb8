import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Button, Flex, Form, Input, Typography } from 'antd'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'

import { reportQuery } from './api'
import type { EmailContent } from './content'
import { useSettled } from './settled'

/** The text part: derived from the HTML until the author writes an own one. */
export function PlainText({ content, onChange }: { content: EmailContent; onChange: (text: string) => void }) {
  const { t } = useTranslation()
  const id = useId()
  const settled = useSettled(content, 500)
  const report = useQuery({ ...reportQuery({ ...settled, text: undefined }), placeholderData: keepPreviousData })
  const derived = report.data?.email?.plain ?? ''
  const own = Boolean(content.text)
  return (
    <Form.Item layout="vertical" label={t('emailEditor.text.label')} htmlFor={id} extra={t('emailEditor.text.hint')}>
      <Flex vertical gap={8}>
        <Flex gap={8} align="center" wrap>
          <Typography.Text type="secondary">
            {own ? t('emailEditor.text.own') : t('emailEditor.text.auto')}
          </Typography.Text>
          {own ? (
            <Button
              size="small"
              onClick={() => {
                onChange('')
              }}
            >
              {t('emailEditor.text.clear')}
            </Button>
          ) : (
            <Button
              size="small"
              disabled={!derived}
              onClick={() => {
                onChange(derived)
              }}
            >
              {t('emailEditor.text.take')}
            </Button>
          )}
        </Flex>
        <Input.TextArea
          id={id}
          className="mail-code"
          value={own ? content.text : derived}
          readOnly={!own}
          autoSize={{ minRows: 10, maxRows: 30 }}
          onChange={(e) => {
            onChange(e.target.value)
          }}
        />
      </Flex>
    </Form.Item>
  )
}
