/** Square pictures of one structure: cut out, distorted, shaded, or made up without any patient. */
package io.fiducia.learn.picture;
