import { Form, Select } from 'antd'
import { useTranslation } from 'react-i18next'

import { VariableInput } from '@/components/variables'

import type { EditorProps } from '../editors'
import { journeys, type ZNSContent } from './content'

/** The journey token that some templates are sent with, and what tells one trip of a customer from another. */
export function ZNSJourney({ value, onChange, problems = {} }: EditorProps<ZNSContent>) {
  const { t } = useTranslation()
  const journey = value.journey ?? ''
  return (
    <div>
      <Form.Item
        label={t('znsNews.journey')}
        htmlFor="zns-journey"
        validateStatus={problems.journey ? 'error' : undefined}
        help={problems.journey ?? t('znsNews.journeyHint')}
      >
        <Select<string>
          id="zns-journey"
          aria-label={t('znsNews.journey')}
          value={journey}
          options={[
            { value: '', label: t('znsNews.journeys.none') },
            ...journeys.map((j) => ({ value: j, label: t(`znsNews.journeys.${j}`) })),
          ]}
          onChange={(next) => {
            const rest: ZNSContent = { ...value, journey: next || undefined }
            if (!next) rest.journey_code = undefined
            onChange(rest)
          }}
        />
      </Form.Item>
      {journey && (
        <Form.Item
          label={t('znsNews.journeyCode')}
          validateStatus={problems.journey_code ? 'error' : undefined}
          help={problems.journey_code ?? t('znsNews.journeyCodeHint')}
        >
          <VariableInput
            label={t('znsNews.journeyCode')}
            value={value.journey_code ?? ''}
            placeholder="{{ params.order_code }}"
            onChange={(text) => {
              onChange({ ...value, journey_code: text })
            }}
          />
        </Form.Item>
      )}
    </div>
  )
}
