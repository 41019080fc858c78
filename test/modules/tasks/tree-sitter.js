'use strict';

const assert = require('node:assert/strict');
const Parser = require('tree-sitter');
const JavaScript = require('tree-sitter-javascript');
const { repeat } = require('../forever');

function makeParser() {
  const parser = new Parser();
  parser.setLanguage(JavaScript);
  return parser;
}

exports.work = async (index) => {
  const parser = makeParser();
  const source = `function worker${index}(a) { return a + ${index}; }\n`.repeat(50);
  const { rootNode } = parser.parse(source);
  assert.equal(rootNode.type, 'program');
  assert.equal(rootNode.hasError, false);
  assert.equal(rootNode.namedChildCount, 50);
  assert.equal(rootNode.firstNamedChild.childForFieldName('name').text, `worker${index}`);

  const query = new Parser.Query(JavaScript, '(function_declaration name: (identifier) @name)');
  const names = query.captures(rootNode).map(({ node }) => node.text);
  assert.deepEqual(names, Array(50).fill(`worker${index}`));
  assert.equal(parser.parse('function (').rootNode.hasError, true);
};

exports.busy = (index) => {
  const parser = makeParser();
  const source = 'const sum = (a, b) => [a, b].reduce((x, y) => x + y);\n'.repeat(20);
  return repeat(index, () => parser.parse(source).rootNode.descendantCount);
};
