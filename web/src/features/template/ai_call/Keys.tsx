import { Checkbox, Flex, Form, Input, InputNumber, Typography } from 'antd'
import { useTranslation } from 'react-i18next'

import { idOf } from '../parts/Field'
import { Pieces } from '../parts/Pieces'
import { type CallKey, type CallKeys, limits, pressable, twice, usualWait } from './content'

interface KeysProps {
  value: CallKeys
  problems: Partial<Record<string, string>>
  onChange: (value: CallKeys) => void
}

/** The question for a key, and what each key means. The texts have no variables: they are the same for everybody. */
export function Keys({ value, problems, onChange }: KeysProps) {
  const { t } = useTranslation()
  const change = (part: Partial<CallKeys>) => {
    onChange({ ...value, ...part })
  }
  const most = value.max_digits ?? 1
  const nameOf = (i: number) => t('callEditor.key', { number: i + 1 })
  const number = (name: 'max_digits' | 'timeout_seconds' | 'again', usual: number, least: number, top: number) => (
    <Form.Item
      label={t(`callEditor.${name}`)}
      htmlFor={idOf(`keys.${name}`)}
      validateStatus={problems[`keys.${name}`] ? 'error' : undefined}
      help={problems[`keys.${name}`]}
    >
      <InputNumber
        id={idOf(`keys.${name}`)}
        min={least}
        max={top}
        precision={0}
        value={value[name] ?? usual}
        onChange={(n) => {
          change({ [name]: n === null || n === usual ? undefined : n })
        }}
      />
    </Form.Item>
  )
  return (
    <section aria-label={t('callEditor.asks')}>
      <Plain
        path="keys.prompt"
        label={t('callEditor.prompt')}
        hint={t('callEditor.promptHint')}
        rows={2}
        max={limits.prompt}
        value={value.prompt}
        problem={problems['keys.prompt']}
        onChange={(prompt) => {
          change({ prompt })
        }}
      />
      <div className="call-numbers">
        {number('timeout_seconds', usualWait, limits.wait[0], limits.wait[1])}
        {number('again', 0, 0, limits.again)}
        {number('max_digits', 1, 1, limits.digits)}
      </div>
      <Pieces<CallKey>
        title={t('callEditor.keys')}
        list={value.list}
        max={limits.keys}
        add={t('callEditor.addKey')}
        fresh={{ digits: '', label: '' }}
        nameOf={nameOf}
        problem={problems['keys.list']}
        onChange={(list) => {
          change({ list })
        }}
      >
        {(k, i, part) => {
          const at = `keys.list.${i}`
          const odd = twice(value.list, i)
            ? t('callEditor.twice')
            : k.digits !== '' && !pressable(k.digits, most)
              ? t('callEditor.notPressable', { count: most })
              : undefined
          const problem = problems[`${at}.digits`] ?? odd
          return (
            <>
              <Form.Item
                label={t('callEditor.digits')}
                htmlFor={idOf(`${at}.digits`)}
                validateStatus={problem ? 'error' : undefined}
                help={problem}
              >
                <Input
                  id={idOf(`${at}.digits`)}
                  aria-label={`${nameOf(i)}: ${t('callEditor.digits')}`}
                  className="call-digits"
                  maxLength={limits.digits}
                  inputMode="tel"
                  value={k.digits}
                  onChange={(e) => {
                    part({ digits: e.target.value.trim() })
                  }}
                />
              </Form.Item>
              <Plain
                path={`${at}.label`}
                of={nameOf(i)}
                label={t('callEditor.label')}
                hint={t('callEditor.labelHint')}
                max={limits.label}
                value={k.label}
                problem={problems[`${at}.label`]}
                onChange={(label) => {
                  part({ label })
                }}
              />
              <Plain
                path={`${at}.reply`}
                of={nameOf(i)}
                label={t('callEditor.reply')}
                optional
                max={limits.reply}
                value={k.reply ?? ''}
                problem={problems[`${at}.reply`]}
                onChange={(reply) => {
                  part({ reply: reply || undefined })
                }}
              />
              <Checkbox
                checked={k.opt_out ?? false}
                onChange={(e) => {
                  part({ opt_out: e.target.checked || undefined })
                }}
              >
                {t('callEditor.optOut')}
              </Checkbox>
            </>
          )
        }}
      </Pieces>
    </section>
  )
}

interface PlainProps {
  path: string
  label: string
  /** Which of many it belongs to, for screen readers. */
  of?: string
  value: string
  max: number
  rows?: number
  optional?: boolean
  hint?: string
  problem?: string
  onChange: (text: string) => void
}

/** A text without variables. */
function Plain({ path, label, of, value, max, rows, optional, hint, problem, onChange }: PlainProps) {
  const { t } = useTranslation()
  const common = {
    id: idOf(path),
    'aria-label': of ? `${of}: ${label}` : label,
    value,
    maxLength: max,
    'aria-describedby': `${idOf(path)}-about`,
    onChange: (e: { target: { value: string } }) => {
      onChange(e.target.value)
    },
  }
  return (
    <Form.Item
      label={optional ? `${label} (${t('common.optional')})` : label}
      htmlFor={idOf(path)}
      extra={
        <Flex vertical id={`${idOf(path)}-about`}>
          <Typography.Text type="secondary">{t('messengerEditor.count', { used: value.length, max })}</Typography.Text>
          {hint && <span>{hint}</span>}
        </Flex>
      }
      validateStatus={problem ? 'error' : undefined}
      help={problem}
    >
      {rows ? <Input.TextArea {...common} rows={rows} /> : <Input {...common} />}
    </Form.Item>
  )
}
