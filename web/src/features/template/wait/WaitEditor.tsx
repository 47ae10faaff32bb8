import { Form, Typography } from 'antd'
import { useTranslation } from 'react-i18next'

import { DurationField } from '@/components/ui/DurationField'

import type { EditorProps } from '../editors'
import { longest, type WaitContent } from './content'

/** How long people wait before the next step. */
export function WaitEditor({ value, onChange, problems }: EditorProps<WaitContent>) {
  const { t } = useTranslation()
  const wrong = problems?.seconds
  return (
    <Form layout="vertical" component="div">
      <Typography.Paragraph type="secondary">{t('flow.wait.lead')}</Typography.Paragraph>
      <Form.Item
        label={t('flow.wait.seconds')}
        htmlFor="wait-seconds"
        extra={t('flow.wait.hint')}
        validateStatus={wrong ? 'error' : undefined}
        help={wrong}
      >
        <DurationField
          id="wait-seconds"
          label={t('flow.wait.seconds')}
          value={value.seconds}
          max={longest}
          onChange={(seconds) => {
            onChange({ seconds })
          }}
        />
      </Form.Item>
    </Form>
  )
}
