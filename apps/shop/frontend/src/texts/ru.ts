import { number } from '@gramkit/mini-app/texts'
import type { Texts } from './text-keys.ts'

const reasons: Readonly<Record<string, string>> = {
  'payment.fulfilled': 'Покупка',
  'payment.refunded': 'Возврат',
}

const plural = new Intl.PluralRules('ru')

/** Noun forms for one, few and many. */
type Forms = readonly [one: string, few: string, many: string]

function counted(count: number, [one, few, many]: Forms): string {
  const rule = plural.select(Math.abs(count))
  return rule === 'one' ? one : rule === 'few' ? few : many
}

/** Russian. */
export const ru: Texts = {
  tabs: { shop: 'Магазин', purchases: 'Покупки', friends: 'Друзья', profile: 'Профиль' },
  balance: 'Баланс',
  units: (digits, unit) => {
    const noun =
      unit === 'credits' ? counted(Number(digits), ['кредит', 'кредита', 'кредитов']) : unit
    return `${number('ru', digits)} ${noun}`
  },
  greeting: (name) => `Здравствуйте, ${name}`,
  sections: { credits: 'Кредиты', subscription: 'Подписка', goods: 'Товары' },
  sectionNotes: { subscription: 'Продлевается сама. Отменить можно в любой момент.' },
  buy: (what, price) => `Купить ${what} за ${price}`,
  subscribe: (what, price) => `Подписаться на ${what} за ${price}`,
  perPeriod: (period) => {
    if ('days' in period) {
      return `за ${period.days} ${counted(period.days, ['день', 'дня', 'дней'])}`
    }
    if (period.months === 1) return 'в месяц'
    return `за ${period.months} ${counted(period.months, ['месяц', 'месяца', 'месяцев'])}`
  },
  consent: (price, period) =>
    `Согласен на сохранение карты и автоматическое списание ${price} ${period}, пока не отменю. ` +
    'Без согласия подписка закончится вместе с периодом.',
  notSoldHere: 'Здесь не продаётся',
  onlyInTelegram: 'Только в Telegram',
  notice: {
    waiting: 'Ждём оплату',
    waitingNote: 'Обычно подтверждение приходит за несколько секунд. Страницу можно закрыть.',
    notPaid: 'Пока не оплачено',
    notPaidNote: 'Покупка не совершена. Оплатить ещё можно.',
    invoiceFailed: 'Оплата не прошла',
    invoiceFailedNote: 'Можно попробовать оплатить ещё раз.',
    pay: 'Оплатить',
    payFor: (what) => `Оплатить ${what}`,
    hide: 'Скрыть',
    refunded: 'Деньги возвращены',
    succeeded: (what) => `Оплачено: ${what}`,
    over: {
      canceled: 'Платёж отменён',
      expired: 'Время на оплату вышло',
      failed: 'Платёж не прошёл',
    },
    overNote: 'Покупка не совершена.',
  },
  contact: {
    title: 'Куда прислать чек?',
    note: 'По закону мы обязаны прислать чек за эту покупку. Адрес нужен только для чеков.',
    email: 'Электронная почта',
    wrong: 'Это не адрес электронной почты. Проверьте, нет ли опечатки.',
    yes: 'Перейти к оплате',
    no: 'Не сейчас',
  },
  purchases: {
    payments: 'Платежи',
    orders: 'Заказы',
    subscriptions: 'Подписки',
    empty: 'Покупок пока нет',
    emptyNote: 'Здесь появится всё, что вы купите в магазине.',
    refunded: (amount) => `Возвращено ${amount}`,
    more: 'Показать ещё',
  },
  paymentStatus: {
    created: 'Готовится',
    pending: 'Ждёт оплаты',
    waiting_for_capture: 'Подтверждается',
    succeeded: 'Оплачен',
    partially_refunded: 'Возвращён частично',
    refunded: 'Возвращён',
    disputed: 'Оспорен',
    canceled: 'Отменён',
    expired: 'Истёк',
    failed: 'Не прошёл',
    unknown: 'Проверяется',
  },
  orderStatus: { paid: 'Оплачен', refunded: 'Возвращён' },
  subscription: {
    status: {
      trialing: 'Проба',
      active: 'Действует',
      past_due: 'Ждёт оплаты',
      canceled: 'Отменена',
      paused: 'На паузе',
      expired: 'Закончилась',
    },
    trialEnds: (day) => `Бесплатно до ${day}, потом закончится сама`,
    renews: (day, price) => `${day} спишется ${price}`,
    ends: (day) => `Действует до ${day}`,
    ended: (day) => `Закончилась ${day}`,
    overdue: 'Последнее списание не прошло, попробуем ещё раз.',
    overdueFinal: (day) => `Списание не прошло. До ${day} её ещё можно оплатить и сохранить.`,
    paused: 'Время остановлено: до возобновления доступа и списаний нет.',
    resumeInTelegram: (day) =>
      `Действует до ${day}, продлить можно в Telegram: Настройки, Мои звёзды, Подписки.`,
    otherRuns: 'У вас другой тариф: его можно сменить.',
    try: (days) => `Попробовать бесплатно: ${days} ${counted(days, ['день', 'дня', 'дней'])}`,
    keep: 'Оставить как есть',
    actions: {
      cancel: 'Отменить подписку',
      resume: 'Возобновить подписку',
      pause: 'Пауза',
      change: 'Сменить тариф',
      'withdraw-consent': 'Забыть карту',
    },
    confirm: {
      cancel: {
        title: 'Отменить подписку?',
        note: (day) => `Она действует до ${day}, новых списаний не будет.`,
        yes: 'Да, отменить',
      },
      pause: {
        title: 'Поставить на паузу?',
        note: () => 'До возобновления доступа и списаний не будет. Оплаченное время не пропадёт.',
        yes: 'Да, пауза',
      },
      'withdraw-consent': {
        title: 'Забыть карту?',
        note: (day) => `Списаний больше не будет. Подписка действует до ${day} и закончится.`,
        yes: 'Да, забыть',
      },
    },
    change: {
      title: 'Смена тарифа',
      none: 'Других тарифов нет.',
      now: (until, price) =>
        price
          ? `Сразу. Оплаченного времени хватит до ${until}, потом спишется ${price}.`
          : `Сразу. До ${until} хватит оплаченного времени.`,
      later: (day, price) => `С ${day} за ${price}. До этого списаний нет.`,
      bought: (day, price) =>
        `Нынешний тариф действует до ${day}, потом пришлём ссылку на оплату: ${price}.`,
      yesNow: (plan) => `${plan}: сейчас`,
      yesLater: (plan) => `${plan}: потом`,
    },
  },
  history: {
    title: 'История баланса',
    empty: 'Изменений пока нет',
    emptyNote: 'Здесь появится каждое изменение вашего баланса.',
    reason: (reason) => reasons[reason] ?? reason,
  },
  visit: {
    acceptedOnly: 'Приглашение принято',
    accepted: (inviter) => `Вас пригласили: ${inviter}`,
    friendsNote: 'Теперь вы есть друг у друга в друзьях.',
    somebody: 'друг',
    refused: 'Приглашение не сработало',
    refusedNote: 'Попросите новую ссылку.',
    reasons: {
      'invites.expired': 'Его срок истёк. Попросите новую ссылку.',
      'invites.not_active': 'Оно использовано или отозвано. Попросите новую ссылку.',
      'invites.own_code': 'Это ваша ссылка: отправьте её кому-нибудь ещё.',
      'invites.already_member': 'Вы уже в этой группе.',
      'groups.full': 'В группе нет мест.',
      'groups.too_many': 'Вы уже в стольких группах, в скольких можно: сначала покиньте одну.',
      'limits.too_many_tries': 'Слишком много попыток. Повторите через час.',
      'invites.guests_not_invited': 'Откройте ссылку в Telegram, чтобы мы вас узнали.',
    },
    milestone: (days) => `${days} ${counted(days, ['день', 'дня', 'дней'])} подряд`,
    milestoneNote: 'Возвращайтесь завтра, чтобы не прервать серию.',
  },
  friends: {
    title: 'Друзья',
    empty: 'Друзей пока нет',
    emptyNote: 'Отправьте кому-нибудь свою ссылку. Кто её откроет, появится здесь.',
    nameless: 'Кто-то',
    since: (day) => `В друзьях с ${day}`,
    requests: 'Хотят дружить',
    wants: (day) => `Заявка от ${day}`,
    blocked: 'Заблокированы',
    blockedSince: (day) => `Блокировка с ${day}`,
    actions: {
      accept: 'Принять',
      decline: 'Отклонить',
      remove: 'Удалить',
      block: 'Заблокировать',
      unblock: 'Разблокировать',
    },
    actionOn: (action, name) => `${action}: ${name}`,
    confirm: {
      remove: {
        title: (name) => `Удалить из друзей: ${name}?`,
        note: 'Вы больше не будете видеть друг друга в друзьях.',
        yes: 'Да, удалить',
      },
      block: {
        title: (name) => `Заблокировать: ${name}?`,
        note: 'Вы больше ничего не узнаете друг о друге. Мы об этом не сообщаем.',
        yes: 'Да, заблокировать',
      },
      no: 'Оставить как есть',
    },
    invite: {
      make: 'Пригласить друга',
      note: 'Кто откроет вашу ссылку, станет здесь вашим другом.',
      link: 'Ваша ссылка',
      send: 'Отправить другу',
      message: 'Загляни со мной в этот магазин!',
      copy: 'Скопировать',
      copied: 'Скопировано',
      notCopied: 'Выделите ссылку, чтобы скопировать',
    },
  },
  profile: {
    title: 'Профиль',
    guest: 'Гость',
    onlyHere: 'Только на этом устройстве',
    language: 'Язык',
    languageByItself: 'Автоматически',
    pages: {
      notifications: 'Уведомления',
      email: 'Почта',
      logins: 'Где вы вошли',
      history: 'История баланса',
      data: 'Ваши данные',
    },
    streak: {
      title: 'Дни подряд',
      counted: 'Сегодня уже засчитано. Новый день начнётся в пять утра.',
      waiting: 'Сегодня ещё не засчитано.',
      current: 'Сейчас',
      best: 'Рекорд',
      total: 'Всего',
      days: (days) => `${days} ${counted(days, ['день', 'дня', 'дней'])}`,
    },
  },
  notifications: {
    topics: 'О чём можно писать',
    topicsNote: 'Сообщения о ваших платежах приходят всегда.',
    quiet: 'Тихие часы',
    quietNote: 'Что может подождать, придёт потом, по времени вашего пояса.',
    quietOn: 'Не беспокоить ночью',
    from: 'С',
    until: 'До',
  },
  logins: {
    note: 'Завершите то, чего не узнаёте.',
    surface: { telegram: 'Телеграм', web: 'Браузер' },
    lastSeen: (moment) => `Был активен ${moment}`,
    current: 'Этот вход',
    end: 'Завершить',
    endOne: (name) => `Завершить: ${name}`,
    endOthers: 'Завершить остальные',
  },
  email: {
    address: 'Электронная почта',
    note: 'С почтой можно войти и из браузера, а потом вернуться без Telegram.',
    send: 'Прислать код',
    code: 'Код',
    sent: (email) => `Мы отправили код из шести цифр на ${email}. Он действует десять минут.`,
    confirm: 'Подтвердить',
    other: 'Указать другой адрес',
    addedNote: 'С этим адресом можно войти.',
    remove: 'Удалить',
    removeTitle: 'Удалить адрес?',
    removeNote: 'Войти с ним больше не получится.',
    removeYes: 'Да, удалить',
  },
  data: {
    export: 'Скачать мои данные',
    exportNote: 'Всё, что мы о вас храним, в архиве, который можно прочитать.',
    erase: 'Удалить аккаунт',
    eraseNote: 'Мы забудем, кто вы. Подписки закончатся, а всё, что у вас здесь есть, пропадёт.',
    eraseTitle: 'Удалить аккаунт?',
    eraseWarning: 'Отменить это нельзя. Останется только то, что закон велит хранить о платежах.',
    eraseYes: 'Да, удалить',
    erased: 'Аккаунт удалён',
    erasedNote: 'Магазин можно закрыть.',
  },
  back: 'Назад',
  offline: 'Нет связи. Данные могли устареть.',
  retry: 'Повторить',
  loading: 'Загрузка',
  failedTitle: 'Не получилось',
  backToTelegram: 'Вернитесь в Telegram',
  backToTelegramNote: 'Покупка появится в приложении, как только оплата подтвердится.',
}
