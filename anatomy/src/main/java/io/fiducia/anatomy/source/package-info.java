/** Public anatomy models as starting points for trainings on a clinic's own cases. */
package io.fiducia.anatomy.source;
