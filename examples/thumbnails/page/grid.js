'use strict';

const MIN_SIDE = 144;
const GAP = 12;

/** So much above and below what is seen is there already, in heights of what is seen. */
const MARGIN = 0.75;

/** Thousands of pictures, of which only those near the visible ones have elements. */
class Grid {
  #scroller = byId('pictures');
  #list = byId('grid');
  #thumbnails;
  #pictures = [];
  #tiles = new Map();
  #columns = 1;
  #side = MIN_SIDE;
  #isUpdating = false;
  #placedCount = 0;

  /** @param {Thumbnails} thumbnails */
  constructor(thumbnails) {
    this.#thumbnails = thumbnails;
    this.#scroller.addEventListener('scroll', () => this.#updateSoon(), { passive: true });
    new ResizeObserver(() => this.#measure()).observe(this.#list);
    new ResizeObserver(() => this.#updateSoon()).observe(this.#scroller);
  }

  /** Starts anew. @param {object[]} pictures may become more */
  show(pictures) {
    for (const tile of this.#tiles.values()) tile.remove();
    this.#tiles.clear();
    this.#pictures = pictures;
    this.#scroller.scrollTop = 0;
    this.update();
  }

  /** Resolves when all that is seen is there. */
  async shown() {
    this.update();
    await Promise.all([...this.#tiles.values()].map(({ shown }) => shown));
  }

  update() {
    const rows = Math.ceil(this.#pictures.length / this.#columns);
    this.#list.style.height = `${Math.max(rows * (this.#side + GAP) - GAP, 0)}px`;
    const { first, end } = this.#near(rows);
    for (const [index, tile] of this.#tiles) {
      if (index >= first && index < end) continue;
      tile.remove();
      this.#tiles.delete(index);
    }
    // Each goes before the next one: the order of elements is that of the pictures.
    for (let index = end - 1; index >= first; index--) this.#add(index);
    for (let index = first; index < end; index++) this.#tiles.get(index).update();
    if (this.#placedCount !== this.#pictures.length) this.#placeAll();
  }

  #updateSoon() {
    if (this.#isUpdating) return;
    this.#isUpdating = true;
    requestAnimationFrame(() => {
      this.#isUpdating = false;
      this.update();
    });
  }

  #measure() {
    const width = this.#list.clientWidth;
    this.#columns = Math.max(Math.floor((width + GAP) / (MIN_SIDE + GAP)), 2);
    this.#side = (width + GAP) / this.#columns - GAP;
    this.#list.style.setProperty('--side', `${this.#side}px`);
    this.update();
    this.#placeAll();
  }

  /** The pictures that are seen or may be soon. */
  #near(rows) {
    const height = this.#scroller.clientHeight;
    const pitch = this.#side + GAP;
    const top = this.#scroller.scrollTop - this.#list.offsetTop;
    const firstRow = Math.max(Math.floor((top - height * MARGIN) / pitch), 0);
    const endRow = Math.min(Math.ceil((top + height * (1 + MARGIN)) / pitch), rows);
    const end = Math.min(endRow * this.#columns, this.#pictures.length);
    return { first: firstRow * this.#columns, end };
  }

  #add(index) {
    if (this.#tiles.has(index)) return;
    const tile = new Tile(this.#pictures[index], this.#thumbnails);
    this.#tiles.set(index, tile);
    this.#list.insertBefore(tile.element, this.#tiles.get(index + 1)?.element ?? null);
    this.#place(index);
  }

  #placeAll() {
    this.#placedCount = this.#pictures.length;
    for (const index of this.#tiles.keys()) this.#place(index);
  }

  #place(index) {
    const pitch = this.#side + GAP;
    const row = Math.floor(index / this.#columns);
    const x = (index % this.#columns) * pitch;
    this.#tiles.get(index).place(x, row * pitch, index, this.#pictures.length);
  }
}
