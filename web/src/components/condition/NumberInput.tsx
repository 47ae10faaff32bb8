import { InputNumber } from 'antd'
import { useTranslation } from 'react-i18next'

interface NumberInputProps {
  label: string
  /** number or money */
  kind: string
  value: unknown
  disabled?: boolean
  status?: 'error'
  onChange: (value: unknown) => void
}

/** A number as people of the page's language write it. */
export function NumberInput({ label, kind, value, disabled, status, onChange }: NumberInputProps) {
  const { i18n } = useTranslation()
  return (
    <InputNumber<string>
      stringMode
      aria-label={label}
      className="condition-number"
      status={status}
      disabled={disabled}
      suffix={kind === 'money' ? '₫' : undefined}
      precision={kind === 'money' ? 0 : undefined}
      value={value === undefined || value === null ? null : String(value as string | number)}
      formatter={(n, info) => (info.userTyping ? info.input : group(String(n ?? ''), i18n.language))}
      parser={(text) => ungroup(text ?? '', i18n.language)}
      onChange={(n) => {
        onChange(n === null || n === '' ? null : Number(n))
      }}
    />
  )
}

const marks = (language: string) => (language === 'en' ? { thousand: ',', point: '.' } : { thousand: '.', point: ',' })

function group(n: string, language: string): string {
  const { thousand, point } = marks(language)
  const [whole = '', rest] = n.split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, thousand)
  return rest === undefined ? grouped : grouped + point + rest
}

function ungroup(text: string, language: string): string {
  const { thousand, point } = marks(language)
  return text.split(thousand).join('').replace(point, '.')
}
