/** Size of a plot and of the space for its axes, in units of the drawing. */
const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP] = [900, 240, 60, 28, 24]
const [ACROSS, UP] = [WIDTH - LEFT - 10, HEIGHT - BOTTOM - TOP]
const LINES = 4

export interface Series {
  label: string
  /** `#rrggbb`. */
  colour: string
  points: readonly { x: number; y: number }[]
}

/** Lines over seconds, as SVG. Labels are ours and hold nothing that means something in HTML. */
export function linePlot(series: readonly Series[]): string {
  const points = series.flatMap((one) => one.points)
  const most = niceAbove(Math.max(1, ...points.map(({ y }) => y)))
  const last = Math.max(1, ...points.map(({ x }) => x))
  const at = ({ x, y }: { x: number; y: number }): string =>
    `${round(LEFT + (x / last) * ACROSS)},${round(TOP + UP - (y / most) * UP)}`
  const lines = series.map(
    ({ colour, points }) =>
      `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${points.map(at).join(' ')}"/>`,
  )
  const legend = series.map(
    ({ label, colour }, index) =>
      `<rect x="${LEFT + index * 140}" y="4" width="10" height="10" fill="${colour}"/><text x="${LEFT + 15 + index * 140}" y="14">${label}</text>`,
  )
  const seconds = [...new Set([0, 0.25, 0.5, 0.75, 1].map((part) => Math.round(last * part)))].map(
    (second) =>
      `<text x="${round(LEFT + (second / last) * ACROSS)}" y="${HEIGHT - 8}" text-anchor="${second === last ? 'end' : 'middle'}">${second} s</text>`,
  )
  return svg([...grid(most), ...seconds, ...lines, ...legend])
}

/** Bars side by side, as SVG. */
export function barPlot(bars: readonly { label: string; value: number }[]): string {
  const most = niceAbove(Math.max(1, ...bars.map(({ value }) => value)))
  const each = ACROSS / Math.max(1, bars.length)
  const drawn = bars.map(({ label, value }, index) => {
    const [x, height] = [LEFT + index * each, (value / most) * UP]
    const middle = round(x + each / 2)
    return [
      `<rect x="${round(x + each * 0.1)}" y="${round(TOP + UP - height)}" width="${round(each * 0.8)}" height="${round(height)}" fill="#1f5fa8"/>`,
      `<text x="${middle}" y="${round(TOP + UP - height - 4)}" text-anchor="middle">${value}</text>`,
      `<text x="${middle}" y="${HEIGHT - 8}" text-anchor="middle" font-size="10">${label}</text>`,
    ].join('')
  })
  return svg([...grid(most), ...drawn])
}

function grid(most: number): string[] {
  return Array.from({ length: LINES + 1 }, (_, index) => {
    const y = round(TOP + UP - (index / LINES) * UP)
    return `<line x1="${LEFT}" x2="${WIDTH - 10}" y1="${y}" y2="${y}" stroke="#e3e7ed"/><text x="${LEFT - 6}" y="${y + 4}" text-anchor="end">${round((most * index) / LINES)}</text>`
  })
}

function svg(parts: readonly string[]): string {
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" font-size="12" fill="#55606e">${parts.join('')}</svg>`
}

/** 4, 6, 8, 12, 16, 20, 40, 60 …: four lines then stand at round figures. */
function niceAbove(value: number): number {
  for (let decade = 1; ; decade *= 10)
    for (const step of [4, 6, 8, 12, 16, 20]) if (value <= decade * step) return decade * step
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
