/**
 * Cases as arrays: reading images and label maps as nnU-Net's readers do, and writing labels back on the
 * grid of the file.
 */
package io.fiducia.nnunet.cases;
