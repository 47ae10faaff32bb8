import { Typography } from 'antd'
import { useTranslation } from 'react-i18next'

import { Field } from '../parts/Field'
import { Pieces } from '../parts/Pieces'
import { limits, type ZaloItem } from './content'

interface ItemListProps {
  value: ZaloItem[]
  problems: Partial<Record<string, string>>
  onChange: (value: ZaloItem[]) => void
}

/** Up to five lines; the first is drawn large. */
export function ItemList({ value, problems, onChange }: ItemListProps) {
  const { t } = useTranslation()
  const nameOf = (i: number) => t('zaloOAEditor.item', { number: i + 1 })
  return (
    <Pieces<ZaloItem>
      title={t('zaloOAEditor.kinds.items')}
      list={value}
      max={limits.pieces}
      add={t('zaloOAEditor.addItem')}
      fresh={{ title: '' }}
      nameOf={nameOf}
      problem={problems.items ?? problems.text}
      onChange={onChange}
    >
      {(item, i, change) => {
        const at = `items.${i}`
        const field = (key: keyof ZaloItem, label: string, max: number, optional: boolean, hint?: string) => (
          <Field
            path={`${at}.${key}`}
            label={label}
            name={`${nameOf(i)}: ${label}`}
            value={item[key]}
            max={max}
            optional={optional}
            hint={hint}
            problem={problems[`${at}.${key}`]}
            onChange={(text) => {
              change({ [key]: key === 'title' ? text : text || undefined })
            }}
          />
        )
        return (
          <>
            {i === 0 && <Typography.Text type="secondary">{t('zaloOAEditor.firstItem')}</Typography.Text>}
            {field('title', t('messengerEditor.cardTitle'), limits.title, false)}
            {field('subtitle', t('messengerEditor.subtitle'), limits.subtitle, i > 0)}
            {field('image', t('messengerEditor.image'), limits.address, true)}
            {field('url', t('zaloOAEditor.itemURL'), limits.address, true, t('zaloOAEditor.itemURLHint'))}
            {!item.url && field('payload', t('zaloOAEditor.payload'), limits.payload, false)}
          </>
        )
      }}
    </Pieces>
  )
}
