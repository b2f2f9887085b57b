/**
 * What the public tools do to a label map after their networks: small and stray components are
 * removed, vertebrae separated, masks derived. Everything works inside the bounding boxes of the
 * structures concerned.
 */
package io.fiducia.anatomy.post;
