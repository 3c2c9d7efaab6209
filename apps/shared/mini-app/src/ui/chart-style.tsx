/** How axes, hints and legends of charts look; given to the parts of recharts. */
export const CHART_AXIS = {
  stroke: 'var(--tgui--hint_color)',
  fontSize: 12,
  tickLine: false,
} as const

/** What a chart says of the point that is pointed at. */
export const CHART_TOOLTIP = {
  isAnimationActive: false,
  contentStyle: {
    border: 'none',
    borderRadius: 12,
    color: 'var(--tgui--text_color)',
    background: 'var(--tgui--secondary_bg_color)',
  },
} as const

/** Words in the colours of lines could not be read on white. */
export const CHART_LEGEND = {
  itemSorter: null,
  formatter: (name: string) => <span className="legend">{name}</span>,
} as const
