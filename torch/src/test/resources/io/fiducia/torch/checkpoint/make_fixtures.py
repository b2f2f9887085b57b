"""Makes the files beside it and expected.txt with torch 2.10 and safetensors 0.8.

usage: make_fixtures.py [FOLDER OF REAL CHECKPOINTS]
expected.txt: file, tensor name, dtype, shape, sha256 of the C-contiguous little-endian bytes.
"""
import collections
import hashlib
import pathlib
import sys

import numpy as np
import safetensors.torch
import torch

HERE = pathlib.Path(__file__).parent
torch.manual_seed(1)


def raw(t):
    t = t.detach().contiguous()
    if t.numel() == 0:
        return b""
    return t.reshape(-1).view(torch.uint8).numpy().tobytes()


def tensors(value, path):
    if isinstance(value, torch.Tensor):
        yield path, value
    elif isinstance(value, dict):
        for k, v in value.items():
            yield from tensors(v, f"{path}.{k}" if path else str(k))
    elif isinstance(value, (list, tuple)):
        for i, v in enumerate(value):
            yield from tensors(v, f"{path}.{i}" if path else str(i))


def listing(name, value):
    for path, t in tensors(value, ""):
        shape = "x".join(map(str, t.shape)) or "-"
        yield "\t".join((name, path, str(t.dtype)[6:], shape, hashlib.sha256(raw(t)).hexdigest()))


def every_dtype():
    names = ("float64 float32 float16 bfloat16 int64 int32 int16 int8 uint8 bool uint16 uint32 "
             "uint64 complex64 complex128 float8_e4m3fn float8_e5m2").split()
    base = torch.tensor([0.0, 1.0, 2.5, 100.0, 0.015625, 7.0]).reshape(2, 3)
    return collections.OrderedDict((n, base.to(getattr(torch, n))) for n in names)


def nnunet_like():
    model = torch.nn.Sequential(torch.nn.Conv3d(1, 2, 3), torch.nn.InstanceNorm3d(2, affine=True))
    optimizer = torch.optim.SGD(model.parameters(), 1e-2, momentum=0.99, nesterov=True,
                                weight_decay=3e-5)
    model(torch.randn(1, 1, 4, 4, 4)).square().sum().backward()
    optimizer.step()
    weights = model.state_dict()
    weights["alias.weight"] = weights["0.weight"]
    return {
        "network_weights": weights,
        "optimizer_state": optimizer.state_dict(),
        "grad_scaler_state": None,
        "logging": {
            "mean_fg_dice": [np.float32(0.5), np.float64(0.25)],
            "dice_per_class_or_region": [[np.float32(1), np.nan], []],
            "epoch_start_timestamps": [1.5],
            "counts": [np.int64(-3), np.bool_(True), np.uint8(255), np.float16(0.5)],
        },
        "_best_ema": np.float64(0.75),
        "current_epoch": 3,
        "init_args": {
            "plans": {"patch": [40, 56, 40], "spacing": (1.0, 0.5), "deep": {"a": True}},
            "fold": 0, "device": torch.device("cuda", 1), "big": 2**40, "bigger": 2**100,
            "negative": -70000, "unicode": "Gr\u00f6\u00dfe", "none": None,
        },
        "trainer_name": "nnUNetTrainer",
        "inference_allowed_mirroring_axes": (0, 1, 2),
        "set": {1}, "dtype": torch.float16, "size": torch.Size([1, 2]), "complex": 1 + 2j,
        "array": np.arange(6, dtype=">i2").reshape(2, 3),
        "column_major": np.asfortranarray(np.arange(6, dtype="f4").reshape(2, 3)),
        "parameter": torch.nn.Parameter(torch.ones(2)),
        "bytes": b"\x00\xff",
    }


def views():
    base = torch.arange(24.0)
    cube = base.reshape(2, 3, 4)
    return {"base": base, "slice": base[4:10], "transposed": cube.permute(2, 0, 1),
            "step": base[1::5], "expanded": torch.tensor([2.0]).expand(3, 2),
            "scalar": torch.tensor(3.5), "empty": torch.empty(0, 3)}


def main():
    lines = []
    cases = {"nnunet_like": nnunet_like(), "dtypes": every_dtype(), "views": views()}
    for name, value in cases.items():
        torch.save(value, HERE / f"{name}.pth")
        lines += listing(f"{name}.pth", value)
    torch.save(cases["nnunet_like"], HERE / "protocol5.pth", pickle_protocol=5)
    lines += listing("protocol5.pth", cases["nnunet_like"])
    for name in ("nnunet_like", "views"):
        torch.save(cases[name], HERE / f"{name}_legacy.pt", _use_new_zipfile_serialization=False)
        lines += listing(f"{name}_legacy.pt", cases[name])
    plain = {k: v for k, v in cases["dtypes"].items() if k != "complex128"}
    safetensors.torch.save_file(plain, HERE / "dtypes.safetensors", {"note": "made by safetensors"})
    lines += listing("dtypes.safetensors", plain)
    for real in sorted(pathlib.Path(p) for p in sys.argv[1:]):
        for file in sorted(real.glob("*.pt*")):
            lines += listing(f"real/{file.name}", torch.load(file, map_location="cpu", weights_only=True))
    (HERE / "expected.txt").write_text("\n".join(lines) + "\n")


main()
