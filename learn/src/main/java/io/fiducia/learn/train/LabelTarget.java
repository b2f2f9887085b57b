package io.fiducia.learn.train;

import io.fiducia.torch.DType;
import io.fiducia.torch.Tensor;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A target of labels, with its ignored voxels set apart.
 *
 * @param known int64 (batch, 1, ...) of class indices; 0 where a voxel is ignored
 * @param mask float32 (batch, 1, ...) of 1 where a voxel counts and 0 where it is ignored; empty
 *     without an ignore label
 * @param voxels how many voxels count
 */
record LabelTarget(Tensor known, Optional<Tensor> mask, double voxels) {
  /** Sets the voxels of the ignore label apart. */
  static LabelTarget of(Tensor target, OptionalInt ignoreLabel) {
    if (ignoreLabel.isEmpty()) {
      return new LabelTarget(target, Optional.empty(), target.numel());
    }
    Tensor valid = target.ne(ignoreLabel.getAsInt());
    return new LabelTarget(target.mul(valid), Optional.of(valid.to(DType.FLOAT32)),
        valid.sum().item());
  }

  /** The known classes as channels of 0 and 1, in the shape of the logits {@code like}. */
  Tensor oneHot(Tensor like) {
    return Tensor.zerosLike(like.detach()).scatter_(1, known, 1);
  }
}
