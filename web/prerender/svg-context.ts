import { ANCHORS, BASELINES, readFont, textWidth, xmlText } from './svg-text.ts';

/**
 * A canvas that writes SVG: the part of CanvasRenderingContext2D (https://html.spec.whatwg.org/multipage/canvas.html) that chart.js
 * draws with. Lines stay lines, dashes stay dashes and text stays text, so that a chart is a tenth of what a rasteriser's SVG is
 * and can be read, searched and printed; it needs no fonts and no native code.
 *
 * As in the standard, points are transformed when they join the path, and `save` keeps the transformation, the clip and the styles.
 */
type Matrix = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

interface Styles {
  fillStyle: string;
  strokeStyle: string;
  lineWidth: number;
  lineCap: string;
  lineJoin: string;
  lineDashOffset: number;
  globalAlpha: number;
  font: string;
  textAlign: string;
  textBaseline: string;
}

interface Kept extends Styles {
  readonly matrix: Matrix;
  readonly clip: string | undefined;
  readonly dash: readonly number[];
}

const IDENTITY: Matrix = [1, 0, 0, 1, 0, 0];

export class SvgContext implements Styles {
  readonly canvas: SvgCanvas;
  fillStyle = '#000000';
  strokeStyle = '#000000';
  lineWidth = 1;
  lineCap = 'butt';
  lineJoin = 'miter';
  lineDashOffset = 0;
  globalAlpha = 1;
  font = '10px sans-serif';
  textAlign = 'start';
  textBaseline = 'alphabetic';
  #matrix: Matrix = IDENTITY;
  #clip: string | undefined;
  #dash: readonly number[] = [];
  readonly #kept: Kept[] = [];
  readonly #prefix: string;
  readonly #elements: string[] = [];
  #path = '';
  #at: readonly [number, number] = [0, 0];
  #clips = 0;

  /** @param prefix what the ids of this drawing begin with, so that several may stand in one page. */
  constructor(canvas: SvgCanvas, prefix: string) {
    this.canvas = canvas;
    this.#prefix = prefix;
  }

  /** What was drawn, as elements. */
  elements(): string {
    return this.#elements.join('');
  }

  save(): void {
    const { fillStyle, strokeStyle, lineWidth, lineCap, lineJoin, lineDashOffset } = this;
    const { globalAlpha, font, textAlign, textBaseline } = this;
    const styles = { fillStyle, strokeStyle, lineWidth, lineCap, lineJoin, lineDashOffset };
    const text = { globalAlpha, font, textAlign, textBaseline };
    this.#kept.push({ ...styles, ...text, matrix: this.#matrix, clip: this.#clip, dash: this.#dash });
  }

  restore(): void {
    const kept = this.#kept.pop();
    if (kept === undefined) return;
    const { matrix, clip, dash, ...styles } = kept;
    [this.#matrix, this.#clip, this.#dash] = [matrix, clip, dash];
    Object.assign(this, styles);
  }

  translate(x: number, y: number): void {
    const [a, b, c, d, e, f] = this.#matrix;
    this.#matrix = [a, b, c, d, a * x + c * y + e, b * x + d * y + f];
  }

  rotate(angle: number): void {
    const [a, b, c, d, e, f] = this.#matrix;
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    this.#matrix = [a * cos + c * sin, b * cos + d * sin, c * cos - a * sin, d * cos - b * sin, e, f];
  }

  setTransform(a: number, b: number, c: number, d: number, e: number, f: number): void {
    this.#matrix = [a, b, c, d, e, f];
  }

  resetTransform(): void {
    this.#matrix = IDENTITY;
  }

  beginPath(): void {
    this.#path = '';
  }

  closePath(): void {
    if (this.#path !== '') this.#path += 'Z';
  }

  moveTo(x: number, y: number): void {
    const [px, py] = this.#point(x, y);
    this.#path += `M${px} ${py}`;
    this.#at = [px, py];
  }

  lineTo(x: number, y: number): void {
    if (this.#path === '') {
      this.moveTo(x, y);
      return;
    }
    const [px, py] = this.#point(x, y);
    const [atX, atY] = this.#at;
    if (px === atX && py === atY) return;
    this.#path += py === atY ? `H${px}` : px === atX ? `V${py}` : `L${px} ${py}`;
    this.#at = [px, py];
  }

  rect(x: number, y: number, width: number, height: number): void {
    this.moveTo(x, y);
    this.lineTo(x + width, y);
    this.lineTo(x + width, y + height);
    this.lineTo(x, y + height);
    this.closePath();
  }

  /** In two halves: an SVG arc cannot go all the way round. */
  arc(x: number, y: number, radius: number, start: number, end: number, counterclockwise = false): void {
    const turn = counterclockwise ? Math.max(end - start, -2 * Math.PI) : Math.min(end - start, 2 * Math.PI);
    const on = (angle: number) => [x + radius * Math.cos(angle), y + radius * Math.sin(angle)] as const;
    this.lineTo(...on(start));
    for (const share of [0.5, 1]) {
      this.#at = this.#point(...on(start + turn * share));
      this.#path += `A${round(radius)} ${round(radius)} 0 0 ${turn < 0 ? 0 : 1} ${this.#at[0]} ${this.#at[1]}`;
    }
  }

  clip(): void {
    const id = `${this.#prefix}c${++this.#clips}`;
    this.#elements.push(`<clipPath id="${id}"${this.#clipAttribute()}><path d="${this.#path}"/></clipPath>`);
    this.#clip = id;
  }

  fill(): void {
    if (this.#path === '') return;
    this.#elements.push(`<path d="${this.#path}"${this.#paint('fill', this.fillStyle)}${this.#clipAttribute()}/>`);
  }

  stroke(): void {
    if (this.#path === '' || !(this.lineWidth > 0)) return;
    this.#elements.push(`<path d="${this.#path}" fill="none"${this.#strokeAttributes()}${this.#clipAttribute()}/>`);
  }

  fillRect(x: number, y: number, width: number, height: number): void {
    this.#aside(x, y, width, height, () => this.fill());
  }

  strokeRect(x: number, y: number, width: number, height: number): void {
    this.#aside(x, y, width, height, () => this.stroke());
  }

  /** Nothing is under the first drawing, and chart.js clears for no other. */
  clearRect(): void {}

  setLineDash(dash: readonly number[]): void {
    this.#dash = dash;
  }

  getLineDash(): number[] {
    return [...this.#dash];
  }

  /** Like the canvas of a browser, takes anything and makes text of it. */
  measureText(text: unknown) {
    const font = readFont(this.font);
    return {
      width: textWidth(String(text), font),
      actualBoundingBoxAscent: font.size * 0.76,
      actualBoundingBoxDescent: font.size * 0.2,
    };
  }

  fillText(text: string, x: number, y: number): void {
    this.#text(text, x, y, this.#paint('fill', this.fillStyle));
  }

  strokeText(text: string, x: number, y: number): void {
    this.#text(text, x, y, ` fill="none"${this.#strokeAttributes()}`);
  }

  #text(text: string, x: number, y: number, paint: string): void {
    const { size, weight, family } = readFont(this.font);
    const anchor = ANCHORS[this.textAlign];
    const [a, b, c, d] = this.#matrix;
    const upright = a === 1 && b === 0 && c === 0 && d === 1;
    const base = y + (BASELINES[this.textBaseline] ?? 0) * size;
    const [px, py] = upright ? this.#point(x, base) : [round(x), round(base)];
    const matrix = upright ? '' : ` transform="matrix(${this.#matrix.map(round4).join(' ')})"`;
    const font = ` font-family="${xmlText(family)}" font-size="${size}"${weight === '' ? '' : ` font-weight="${weight}"`}`;
    const place = `x="${px}" y="${py}"${anchor === undefined ? '' : ` text-anchor="${anchor}"`}${matrix}`;
    this.#elements.push(`<text ${place}${font}${paint}${this.#clipAttribute()}>${xmlText(text)}</text>`);
  }

  #aside(x: number, y: number, width: number, height: number, draw: () => void): void {
    const path = this.#path;
    this.#path = '';
    this.rect(x, y, width, height);
    draw();
    this.#path = path;
  }

  #strokeAttributes(): string {
    const dash = this.#dash.length === 0 ? '' : ` stroke-dasharray="${this.#dash.map(round).join(' ')}"`;
    const offset =
      this.#dash.length === 0 || this.lineDashOffset === 0 ? '' : ` stroke-dashoffset="${this.lineDashOffset}"`;
    const join = this.lineJoin === 'miter' ? '' : ` stroke-linejoin="${xmlText(this.lineJoin)}"`;
    return `${this.#paint('stroke', this.strokeStyle)} stroke-width="${round(this.lineWidth)}"${join}${dash}${offset}`;
  }

  /** Colours with transparency in them are written apart: not every reader of SVG takes eight digits. */
  #paint(what: 'fill' | 'stroke', color: string): string {
    const [, plain, alpha] = /^(#[\da-f]{6})([\da-f]{2})$/i.exec(color) ?? [];
    const opacity = this.globalAlpha * (alpha === undefined ? 1 : Number.parseInt(alpha, 16) / 255);
    return ` ${what}="${xmlText(plain ?? color)}"${opacity < 1 ? ` ${what}-opacity="${round4(opacity)}"` : ''}`;
  }

  #clipAttribute(): string {
    return this.#clip === undefined ? '' : ` clip-path="url(#${this.#clip})"`;
  }

  #point(x: number, y: number): [number, number] {
    const [a, b, c, d, e, f] = this.#matrix;
    return [round(a * x + c * y + e), round(b * x + d * y + f)];
  }
}

/** What chart.js wants of a canvas element. */
export class SvgCanvas {
  width: number;
  height: number;
  readonly #context: SvgContext;

  constructor(width: number, height: number, prefix: string) {
    this.width = width;
    this.height = height;
    this.#context = new SvgContext(this, prefix);
  }

  getContext(): SvgContext {
    return this.#context;
  }
}

/** A tenth of a pixel is enough for the eye. */
function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function round4(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
