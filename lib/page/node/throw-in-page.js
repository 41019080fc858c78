'use strict';

/**
 * Throws for a script of the page. Thrown in a function of ours, an error that nobody catches would be one of a
 * foreign script, of which WebKit tells the page nothing but "Script error."
 *
 * @type {(error: unknown) => never}
 */
exports.throwInPage = binding.evaluate('(function (error) { throw error; })', document.URL);
