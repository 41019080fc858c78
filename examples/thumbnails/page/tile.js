'use strict';

/** Icons and the like, in pixels: they are not blown up. */
const SMALL = 128;

/** One picture of the grid, as long as it is near what is seen. */
class Tile {
  #element = byId('tile').content.firstElementChild.cloneNode(true);
  #thumbnails;
  #state = '';
  #isRemoved = false;
  /** Resolves when it shows what there is to show. */
  shown = Promise.resolve();

  /** @param {object} picture @param {Thumbnails} thumbnails */
  constructor(picture, thumbnails) {
    this.picture = picture;
    this.#thumbnails = thumbnails;
    setText(this.#element.querySelector('.name'), picture.name);
    this.#element.querySelector('.name').title = picture.path;
  }

  get element() {
    return this.#element;
  }

  place(x, y, index, count) {
    this.#element.style.transform = `translate(${x}px, ${y}px)`;
    this.#element.ariaPosInSet = String(index + 1);
    this.#element.ariaSetSize = String(count);
  }

  update() {
    const { state } = this.picture;
    if (state === this.#state) return;
    this.#state = state;
    this.#element.dataset.state = state;
    const { width, height, size, message } = this.picture;
    const facts = this.#element.querySelector('.facts');
    if (state === 'done') setText(facts, `${width} × ${height} · ${formatBytes(size)}`);
    if (state === 'unreadable') setText(facts, message);
    if (state === 'done') this.shown = this.#show();
  }

  remove() {
    this.#isRemoved = true;
    this.#element.remove();
  }

  /** The address is needed until the picture is decoded. */
  async #show() {
    const blob = await this.#thumbnails.load(this.picture);
    if (!blob || this.#isRemoved) return;
    const image = this.#element.querySelector('img');
    image.alt = this.picture.name;
    image.src = URL.createObjectURL(blob);
    try {
      await image.decode();
      const isSmall = Math.max(image.naturalWidth, image.naturalHeight) <= SMALL;
      image.classList.toggle('small', isSmall);
      this.#element.classList.add('shown');
    } catch {
      setText(this.#element.querySelector('.facts'), 'its thumbnail cannot be shown');
    } finally {
      URL.revokeObjectURL(image.src);
    }
  }
}
