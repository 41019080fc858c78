'use strict';

/** Suggests folders while a path is typed, which a worker looks up. */
class FolderField {
  #input;
  #list;
  #worker = null;

  /** @param {HTMLInputElement} input @param {HTMLDataListElement} list */
  constructor(input, list) {
    this.#input = input;
    this.#list = list;
    input.addEventListener('input', () => this.#look());
  }

  #look() {
    this.#worker ??= this.#start();
    this.#worker.postMessage(this.#input.value);
  }

  #start() {
    const worker = new Worker('worker/folders-worker.js');
    worker.onmessage = ({ data: { typed, folders } }) => {
      if (typed === this.#input.value) this.#suggest(folders);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.#worker = null; // the next letter has a new one
    };
    return worker;
  }

  #suggest(folders) {
    const options = folders.map((folder) => {
      const option = document.createElement('option');
      option.value = folder;
      return option;
    });
    this.#list.replaceChildren(...options);
  }
}
