import { Form, Select } from 'antd'
import { useTranslation } from 'react-i18next'

import { buttonKinds, limits, type MessengerButton } from './content'
import { Field, idOf } from '../parts/Field'
import { Pieces } from '../parts/Pieces'

interface ButtonsProps {
  /** Where they stand in the content: "buttons", "cards.0.buttons". */
  path: string
  /** Put before the names of fields: the card they belong to. */
  of?: string
  value?: MessengerButton[]
  problems: Partial<Record<string, string>>
  onChange: (value: MessengerButton[] | undefined) => void
}

/** Up to three buttons below a text or on a card. */
export function Buttons({ path, of, value = [], problems, onChange }: ButtonsProps) {
  const { t } = useTranslation()
  const nameOf = (i: number) => {
    const name = t('messengerEditor.button', { number: i + 1 })
    return of ? `${of}, ${name}` : name
  }
  return (
    <Pieces<MessengerButton>
      title={t('messengerEditor.buttons')}
      list={value}
      max={limits.buttons}
      add={t('messengerEditor.addButton')}
      fresh={{ type: 'web_url', title: '' }}
      nameOf={nameOf}
      problem={problems[path]}
      onChange={(list) => {
        onChange(list.length > 0 ? list : undefined)
      }}
    >
      {(b, i, change) => {
        const at = `${path}.${i}`
        const name = (label: string) => `${nameOf(i)}: ${label}`
        const target =
          b.type === 'web_url'
            ? { field: 'url', label: t('messengerEditor.address'), max: limits.value }
            : b.type === 'postback'
              ? { field: 'payload', label: t('messengerEditor.payload'), max: limits.payload }
              : { field: 'payload', label: t('messengerEditor.number'), max: limits.title }
        const text = b.type === 'web_url' ? b.url : b.payload
        return (
          <>
            <Form.Item
              label={t('messengerEditor.act')}
              htmlFor={idOf(`${at}.type`)}
              validateStatus={problems[`${at}.type`] ? 'error' : undefined}
              help={problems[`${at}.type`]}
            >
              <Select<MessengerButton['type']>
                id={idOf(`${at}.type`)}
                aria-label={name(t('messengerEditor.act'))}
                value={b.type}
                options={buttonKinds.map((kind) => ({ value: kind, label: t(`messengerEditor.acts.${kind}`) }))}
                onChange={(type) => {
                  change({ type, url: undefined, payload: undefined })
                }}
              />
            </Form.Item>
            <Field
              path={`${at}.title`}
              label={t('messengerEditor.buttonTitle')}
              name={name(t('messengerEditor.buttonTitle'))}
              value={b.title}
              max={limits.title}
              problem={problems[`${at}.title`]}
              onChange={(title) => {
                change({ title })
              }}
            />
            <Field
              path={`${at}.${target.field}`}
              label={target.label}
              name={name(target.label)}
              value={text}
              max={target.max}
              optional={b.type === 'postback'}
              hint={b.type === 'postback' ? t('messengerEditor.payloadHint') : undefined}
              placeholder={b.type === 'phone_number' ? '+84901234567' : undefined}
              problem={problems[`${at}.${target.field}`]}
              onChange={(next) => {
                change({ [target.field]: next || undefined })
              }}
            />
          </>
        )
      }}
    </Pieces>
  )
}
