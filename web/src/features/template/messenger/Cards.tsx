import { Typography } from 'antd'
import { useTranslation } from 'react-i18next'

import { Buttons } from './Buttons'
import { bareCard, limits, type MessengerCard } from './content'
import { Field } from '../parts/Field'
import { Pieces } from '../parts/Pieces'

interface CardsProps {
  value: MessengerCard[]
  problems: Partial<Record<string, string>>
  onChange: (value: MessengerCard[]) => void
}

/** Up to ten cards that are swiped sideways. */
export function Cards({ value, problems, onChange }: CardsProps) {
  const { t } = useTranslation()
  const nameOf = (i: number) => t('messengerEditor.card', { number: i + 1 })
  return (
    <Pieces<MessengerCard>
      title={t('messengerEditor.cards')}
      list={value}
      max={limits.cards}
      add={t('messengerEditor.addCard')}
      fresh={{ title: '' }}
      nameOf={nameOf}
      problem={problems.cards ?? problems.text}
      onChange={onChange}
    >
      {(card, i, change) => {
        const at = `cards.${i}`
        const field = (key: 'title' | 'subtitle' | 'image' | 'url', label: string, max: number) => (
          <Field
            path={`${at}.${key}`}
            label={label}
            name={`${nameOf(i)}: ${label}`}
            value={card[key]}
            max={max}
            optional={key !== 'title'}
            problem={problems[`${at}.${key}`]}
            onChange={(text) => {
              change({ [key]: key === 'title' ? text : text || undefined })
            }}
          />
        )
        return (
          <>
            {field('title', t('messengerEditor.cardTitle'), limits.card)}
            {field('subtitle', t('messengerEditor.subtitle'), limits.card)}
            {field('image', t('messengerEditor.image'), limits.value)}
            {field('url', t('messengerEditor.cardURL'), limits.value)}
            {problems[at] ? (
              <Typography.Text type="danger" role="alert">
                {problems[at]}
              </Typography.Text>
            ) : (
              bareCard(card) && <Typography.Text type="secondary">{t('messengerEditor.bare')}</Typography.Text>
            )}
            <Buttons
              path={`${at}.buttons`}
              of={nameOf(i)}
              value={card.buttons}
              problems={problems}
              onChange={(buttons) => {
                change({ buttons })
              }}
            />
          </>
        )
      }}
    </Pieces>
  )
}
