import type { Finish } from './scene.js';

/** An icon's SVG body redrawn: the shapes stay, the look changes. `width` is that of its view box. */
export function finishIcon(body: string, width: number, finish: Finish): string {
  const stroke = finish === 'bold' ? 0.035 : finish === 'outlined' ? 0.018 : finish === 'flat' ? 0 : 0.025;
  const filled =
    finish === 'sketch' ? recolour(body, towardsWhite) : finish.startsWith('flat') ? recolour(body, fewColours) : body;
  if (stroke === 0) return filled;
  return `<g stroke="#000" stroke-width="${(width * stroke).toFixed(2)}" stroke-linejoin="round" stroke-linecap="round">${filled}</g>`;
}

function recolour(body: string, change: (channel: number) => number): string {
  return body.replace(/(?<!\()#([0-9a-fA-F]{6}|[0-9a-fA-F]{3})\b/g, (_, hex: string) => {
    const full = hex.length === 3 ? [...hex].map((digit) => digit + digit).join('') : hex;
    const channels = [0, 2, 4].map((at) => change(Number.parseInt(full.slice(at, at + 2), 16)));
    return `#${channels.map((channel) => Math.round(channel).toString(16).padStart(2, '0')).join('')}`;
  });
}

const fewColours = (channel: number) => Math.round(channel / 85) * 85;
const towardsWhite = (channel: number) => 255 - (255 - channel) * 0.15;
