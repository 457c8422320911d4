// What the charts have in common. Colours are those of Okabe and Ito, which the colour-blind can
// tell apart; words are never in them, since some are faint on white.

export const BLUE = '#0072b2';
export const SKY = '#56b4e9';
export const GREEN = '#009e73';
export const ORANGE = '#e69f00';
export const VERMILION = '#d55e00';
export const PURPLE = '#cc79a7';
export const GREY = '#808080';

/** A chart as a file: for light pages and dark ones. */
export function picture({ width, height, label, body }) {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${round(width)} ${round(height)}" \
role="img" aria-label="${label}">
<!-- made by: npm run docs -->
<style>
${style}
</style>
${body.join('\n')}
</svg>
`;
}

export function round(value) {
  return Math.round(value * 10) / 10;
}

export function count(value) {
  return value.toLocaleString('en');
}

/** Figures that lie on a grid line stay readable: they have a rim of the page's colour. */
const style = `text { font: 12px system-ui, 'DejaVu Sans', sans-serif; fill: #3d4550; }
.title { font-weight: 600; }
.across { text-anchor: middle; }
.up { text-anchor: end; }
.value { paint-order: stroke; stroke: #fff; stroke-width: 4px; stroke-linejoin: round; }
.grid { fill: none; stroke: #8a929c; stroke-opacity: 0.35; }
.mark { fill: none; stroke: #8a929c; stroke-dasharray: 3 3; }
.line { fill: none; stroke-linejoin: round; }
@media (prefers-color-scheme: dark) {
  text { fill: #b4bcc6; }
  .value { stroke: #0d1117; }
}`;
