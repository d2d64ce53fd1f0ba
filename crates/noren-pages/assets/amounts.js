// Money as the page's language writes it: the same rules as the server's (src/amounts.rs).

const EXPONENTS = new Map(Object.entries({
  JPY: 0, KRW: 0, VND: 0, CLP: 0, ISK: 0, KWD: 3, BHD: 3, JOD: 3, OMR: 3, TND: 3, IQD: 3, LYD: 3,
}));

/** `1,200` or `58.95`, from minor units. */
export function digits({ amount, currency }) {
  const exponent = EXPONENTS.get(currency) ?? 2;
  const text = String(Math.abs(amount)).padStart(exponent + 1, '0');
  const whole = text.slice(0, text.length - exponent).replace(/\B(?=(\d{3})+$)/g, ',');
  const part = exponent ? '.' + text.slice(-exponent) : '';
  return (amount < 0 ? '-' : '') + whole + part;
}

/** Where two currencies meet: `JPY 1,200`. */
export function coded(money) {
  return `${money.currency}\u00a0${digits(money)}`;
}

/** Where one currency is meant throughout: `1,200円` in Japanese, `¥1,200` elsewhere. */
export function plain(money, language = document.documentElement.lang) {
  if (money.currency !== 'JPY') return coded(money);
  const text = digits(money);
  if (language === 'ja') return `${text}円`;
  return text.startsWith('-') ? `-¥${text.slice(1)}` : `¥${text}`;
}

/** What a person typed, as whole yen: full-width digits, commas and yen signs are theirs to use.
 * `null` when it is no amount above zero. */
export function yen(text) {
  const plainText = text.normalize('NFKC').replace(/[,\s¥円]/g, '');
  if (!/^\d{1,12}$/.test(plainText)) return null;
  const amount = Number(plainText);
  return amount > 0 ? amount : null;
}
