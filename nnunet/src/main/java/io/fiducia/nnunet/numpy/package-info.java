/** Parts of numpy whose exact results nnU-Net's files depend on. */
package io.fiducia.nnunet.numpy;
