/**
 * nnU-Net's raw datasets: dataset.json with its labels, the files of each case, the readers that images
 * need, and which structures each case was contoured for. No voxel is read here.
 */
package io.fiducia.nnunet.dataset;
