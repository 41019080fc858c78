'use strict';

/** The geometry interfaces (drafts.fxtf.org/geometry), which Node does not have. */

module.exports = {
  ...require('./geometry/point'),
  ...require('./geometry/rect'),
  ...require('./geometry/quad'),
  ...require('./geometry/matrix'),
};
