'use strict';

const CHART_WIDTH = 120;
const CHART_HEIGHT = 40;
const MAX_POINTS = 120;
const FIRST_INTERVAL_MS = 200;

/** Speed over time. When the line is full every two points become one, so it never grows. */
class Chart {
  #area = document.getElementById('chart-area');
  #line = document.getElementById('chart-line');
  #points = [];
  #interval = FIRST_INTERVAL_MS;
  #lastTime = performance.now();
  #lastBytes = 0;

  /** @param {number} bytes all so far */
  add(bytes) {
    const now = performance.now();
    const elapsed = now - this.#lastTime;
    if (elapsed < this.#interval) return;
    this.#points.push((bytes - this.#lastBytes) / elapsed);
    this.#lastTime = now;
    this.#lastBytes = bytes;
    if (this.#points.length > MAX_POINTS) this.#halve();
    this.draw();
  }

  draw() {
    const top = Math.max(...this.#points) * 1.1;
    if (this.#points.length < 2 || !(top > 0)) {
      this.#area.setAttribute('d', '');
      this.#line.setAttribute('d', '');
      return;
    }
    const step = CHART_WIDTH / (this.#points.length - 1);
    const height = (value) => (CHART_HEIGHT * (1 - value / top)).toFixed(2);
    const line = this.#points.map((value, i) => `${(i * step).toFixed(2)} ${height(value)}`);
    this.#line.setAttribute('d', `M${line.join('L')}`);
    this.#area.setAttribute('d', `M0 ${CHART_HEIGHT}L${line.join('L')}L${CHART_WIDTH} ${CHART_HEIGHT}Z`);
  }

  #halve() {
    const pairs = this.#points.length >> 1;
    this.#points = Array.from(
      { length: pairs },
      (_, i) => (this.#points[2 * i] + this.#points[2 * i + 1]) / 2,
    );
    this.#interval *= 2;
  }
}
