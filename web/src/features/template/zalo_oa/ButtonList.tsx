import { Form, Select } from 'antd'
import { useTranslation } from 'react-i18next'

import { Field, idOf } from '../parts/Field'
import { Pieces } from '../parts/Pieces'
import { buttonKinds, limits, type ZaloButton } from './content'

interface ButtonListProps {
  value?: ZaloButton[]
  problems: Partial<Record<string, string>>
  onChange: (value: ZaloButton[] | undefined) => void
}

/** Up to five buttons below a text or a list. */
export function ButtonList({ value = [], problems, onChange }: ButtonListProps) {
  const { t } = useTranslation()
  const nameOf = (i: number) => t('messengerEditor.button', { number: i + 1 })
  return (
    <Pieces<ZaloButton>
      title={t('messengerEditor.buttons')}
      list={value}
      max={limits.pieces}
      add={t('messengerEditor.addButton')}
      fresh={{ type: 'url', title: '' }}
      nameOf={nameOf}
      problem={problems.buttons}
      onChange={(list) => {
        onChange(list.length > 0 ? list : undefined)
      }}
    >
      {(b, i, change) => {
        const at = `buttons.${i}`
        const act = t('messengerEditor.act')
        const goal =
          b.type === 'url'
            ? { field: 'url' as const, label: t('messengerEditor.address'), max: limits.address }
            : b.type === 'phone' || b.type === 'sms'
              ? { field: 'payload' as const, label: t('messengerEditor.number'), max: limits.phone }
              : { field: 'payload' as const, label: t('zaloOAEditor.payload'), max: limits.payload }
        return (
          <>
            <Form.Item
              label={act}
              htmlFor={idOf(`${at}.type`)}
              validateStatus={problems[`${at}.type`] ? 'error' : undefined}
              help={problems[`${at}.type`]}
              extra={b.type === 'query' || b.type === 'show' ? t(`zaloOAEditor.actHint.${b.type}`) : undefined}
            >
              <Select<ZaloButton['type']>
                id={idOf(`${at}.type`)}
                aria-label={`${nameOf(i)}: ${act}`}
                value={b.type}
                options={buttonKinds.map((kind) => ({ value: kind, label: t(`zaloOAEditor.acts.${kind}`) }))}
                onChange={(type) => {
                  change({ type, url: undefined, payload: undefined, text: undefined })
                }}
              />
            </Form.Item>
            <Field
              path={`${at}.title`}
              label={t('messengerEditor.buttonTitle')}
              name={`${nameOf(i)}: ${t('messengerEditor.buttonTitle')}`}
              value={b.title}
              max={limits.title}
              problem={problems[`${at}.title`]}
              onChange={(title) => {
                change({ title })
              }}
            />
            <Field
              path={`${at}.${goal.field}`}
              label={goal.label}
              name={`${nameOf(i)}: ${goal.label}`}
              value={b[goal.field]}
              max={goal.max}
              placeholder={b.type === 'phone' || b.type === 'sms' ? '+84901234567' : undefined}
              problem={problems[`${at}.${goal.field}`]}
              onChange={(text) => {
                change({ [goal.field]: text || undefined })
              }}
            />
            {b.type === 'sms' && (
              <Field
                path={`${at}.text`}
                label={t('zaloOAEditor.smsText')}
                name={`${nameOf(i)}: ${t('zaloOAEditor.smsText')}`}
                value={b.text}
                max={limits.sms}
                problem={problems[`${at}.text`]}
                onChange={(text) => {
                  change({ text: text || undefined })
                }}
              />
            )}
          </>
        )
      }}
    </Pieces>
  )
}
