import { Alert, Checkbox, Form, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { limits, type MessengerUtility } from './content'
import { Field, idOf } from '../parts/Field'
import { Pieces } from '../parts/Pieces'

interface UtilityProps {
  value: MessengerUtility
  problems: Partial<Record<string, string>>
  onChange: (value: MessengerUtility) => void
}

interface Param {
  name: string
  text: string
}

/** What fills a template that Meta has approved for the Page. */
export function Utility({ value, problems, onChange }: UtilityProps) {
  const { t } = useTranslation()
  // Rows keep their order and may share a name while somebody types; the content knows names only.
  const [rows, setRows] = useState<Param[]>(() =>
    Object.entries(value.params ?? {}).map(([name, text]) => ({ name, text })),
  )
  const write = (list: Param[], positional = value.positional ?? false) => {
    const named = positional ? list.map((p, i) => ({ ...p, name: String(i + 1) })) : list
    setRows(named)
    onChange({
      ...value,
      positional: positional || undefined,
      params: named.length > 0 ? Object.fromEntries(named.map((p) => [p.name, p.text])) : undefined,
    })
  }
  const buttons = (value.buttons ?? []).map((text, i) => ({ text, url: value.url_buttons?.includes(i) ?? false }))
  const line = (key: 'name' | 'language', max: number) => (
    <Form.Item
      label={t(`messengerEditor.utility.${key}`)}
      htmlFor={idOf(`utility.${key}`)}
      extra={t(`messengerEditor.utility.${key}Hint`)}
      validateStatus={problems[`utility.${key}`] ? 'error' : undefined}
      help={problems[`utility.${key}`]}
    >
      <Input
        id={idOf(`utility.${key}`)}
        maxLength={max}
        value={value[key]}
        onChange={(e) => {
          onChange({ ...value, [key]: e.target.value })
        }}
      />
    </Form.Item>
  )
  return (
    <>
      <Alert type="info" showIcon style={{ marginBottom: 16 }} title={t('messengerEditor.utility.rule')} />
      {line('name', 512)}
      {line('language', 6)}
      <Form.Item>
        <Checkbox
          checked={value.positional ?? false}
          onChange={(e) => {
            write(rows, e.target.checked)
          }}
        >
          {t('messengerEditor.utility.positional')}
        </Checkbox>
      </Form.Item>
      <Pieces<Param>
        title={t('messengerEditor.utility.params')}
        list={rows}
        max={limits.params}
        add={t('messengerEditor.utility.addParam')}
        fresh={{ name: '', text: '' }}
        nameOf={(i) => t('messengerEditor.utility.param', { number: i + 1 })}
        problem={problems['utility.params']}
        onChange={(list) => {
          write(list)
        }}
      >
        {(p, i, change) => {
          const twice = rows.some((o, at) => at !== i && o.name === p.name && p.name !== '')
          const lead = `${t('messengerEditor.utility.param', { number: i + 1 })}: `
          return (
            <>
              {!value.positional && (
                <Form.Item
                  label={t('messengerEditor.utility.paramName')}
                  htmlFor={idOf(`param.${i}.name`)}
                  validateStatus={twice || (p.text && !p.name) ? 'error' : undefined}
                  help={
                    twice ? t('messengerEditor.utility.twice') : p.text && !p.name ? t('common.required') : undefined
                  }
                >
                  <Input
                    id={idOf(`param.${i}.name`)}
                    aria-label={lead + t('messengerEditor.utility.paramName')}
                    maxLength={100}
                    value={p.name}
                    onChange={(e) => {
                      change({ name: e.target.value.trim() })
                    }}
                  />
                </Form.Item>
              )}
              <Field
                path={`param.${i}.text`}
                label={t('messengerEditor.utility.paramText')}
                name={lead + t('messengerEditor.utility.paramText')}
                value={p.text}
                max={limits.value}
                problem={problems[`utility.params.${p.name}`]}
                onChange={(text) => {
                  change({ text })
                }}
              />
            </>
          )
        }}
      </Pieces>
      <Pieces<{ text: string; url: boolean }>
        title={t('messengerEditor.utility.buttons')}
        list={buttons}
        max={limits.buttons}
        add={t('messengerEditor.addButton')}
        fresh={{ text: '', url: false }}
        nameOf={(i) => t('messengerEditor.button', { number: i + 1 })}
        problem={problems['utility.buttons']}
        onChange={(list) => {
          const urls = list.flatMap((b, i) => (b.url ? [i] : []))
          onChange({
            ...value,
            buttons: list.length > 0 ? list.map((b) => b.text) : undefined,
            url_buttons: urls.length > 0 ? urls : undefined,
          })
        }}
      >
        {(b, i, change) => (
          <>
            <Field
              path={`utility.buttons.${i}`}
              label={t(b.url ? 'messengerEditor.utility.suffix' : 'messengerEditor.payload')}
              name={`${t('messengerEditor.button', { number: i + 1 })}: ${t(b.url ? 'messengerEditor.utility.suffix' : 'messengerEditor.payload')}`}
              value={b.text}
              max={limits.payload}
              problem={problems[`utility.buttons.${i}`]}
              onChange={(text) => {
                change({ text })
              }}
            />
            <Checkbox
              checked={b.url}
              onChange={(e) => {
                change({ url: e.target.checked })
              }}
            >
              {t('messengerEditor.utility.opens', { number: i + 1 })}
            </Checkbox>
          </>
        )}
      </Pieces>
    </>
  )
}
