"""Losses of five training steps as nnU-Net 2.8.1 computes them, for FiveStepsTest.

Networks, images and targets follow the formulas of NetworkFixture. Writes, for each combination, the
five losses: python five_steps.py > ../resources/io/fiducia/nnunet/train/five_steps.txt
"""
import numpy as np, torch, math
torch.set_num_threads(1)
from dynamic_network_architectures.architectures.unet import PlainConvUNet, ResidualEncoderUNet
from nnunetv2.training.loss.compound_losses import DC_and_CE_loss, DC_and_BCE_loss
from nnunetv2.training.loss.dice import MemoryEfficientSoftDiceLoss
from nnunetv2.training.loss.deep_supervision import DeepSupervisionWrapper

def network(dims, residual, outputs):
    conv = torch.nn.Conv3d if dims == 3 else torch.nn.Conv2d
    norm = torch.nn.InstanceNorm3d if dims == 3 else torch.nn.InstanceNorm2d
    kernels = [[1,3,3],[3,3,3],[3,3,3]] if dims == 3 else [[3,3]]*3
    strides = [[1,1,1],[1,2,2],[2,2,2]] if dims == 3 else [[1,1],[2,2],[2,2]]
    common = dict(input_channels=2, n_stages=3, features_per_stage=[4,8,12], conv_op=conv, kernel_sizes=kernels,
        strides=strides, num_classes=outputs, conv_bias=True, norm_op=norm, norm_op_kwargs={'eps':1e-5,'affine':True},
        nonlin=torch.nn.LeakyReLU, nonlin_kwargs={'inplace':True}, deep_supervision=True)
    net = ResidualEncoderUNet(n_blocks_per_stage=[1,2,2], n_conv_per_stage_decoder=[1,1], **common) if residual \
        else PlainConvUNet(n_conv_per_stage=[2,2,2], n_conv_per_stage_decoder=[2,2], **common)
    with torch.no_grad():
        for k,(name,p) in enumerate(net.named_parameters()):
            i = np.arange(p.numel(), dtype=np.int64)
            u = (i*7919 + (k+1)*104729) % 1009 / 1009.0 - 0.5
            fan = np.prod(p.shape[1:])
            v = u*2*math.sqrt(6/fan) if p.ndim > 1 else (1+0.4*u if name.endswith('weight') else 0.2*u)
            p.copy_(torch.from_numpy(v.astype(np.float32)).reshape(p.shape))
    return net

def inp(*shape):
    i = np.arange(np.prod(shape), dtype=np.int64)
    return torch.from_numpy(((i*6151+17)%997/997.0*4-2).astype(np.float32)).reshape(shape)

def target(classes, *shape):
    i = np.arange(np.prod(shape), dtype=np.int64)
    return torch.from_numpy((i//5*31%101%classes)).reshape(shape)

def half(t):
    # What nearest-exact takes where an axis is halved.
    sl = [slice(None)]*2 + [slice(s-1,None,s) for s in ((1,2,2) if t.ndim==5 else (2,2))]
    return t[tuple(sl)]

def run(dims, residual, kind, batch_dice):
    spatial = (4,16,16) if dims==3 else (16,16)
    x = inp(2,2,*spatial)
    outputs = 3
    if kind == 'labels':
        t = target(3,2,1,*spatial); loss = DC_and_CE_loss({'batch_dice':batch_dice,'smooth':1e-5,'do_bg':False,'ddp':False},{},ignore_label=None,dice_class=MemoryEfficientSoftDiceLoss)
        ts=[t,half(t)]
    elif kind == 'ignore':
        t = target(4,2,1,*spatial); loss = DC_and_CE_loss({'batch_dice':batch_dice,'smooth':1e-5,'do_bg':False,'ddp':False},{},ignore_label=3,dice_class=MemoryEfficientSoftDiceLoss)
        ts=[t,half(t)]
    else:
        # regions (1 2 3), (2 3), (3); the ignore label, where there is one, is 4
        ign = kind == 'regions+ignore'
        t = target(5 if ign else 4,2,1,*spatial)
        regs = [(1,2,3),(2,3),(3,)] + ([(4,)] if ign else [])
        conv = lambda a: torch.cat([torch.isin(a, torch.tensor(r)) for r in regs],1)
        loss = DC_and_BCE_loss({}, {'batch_dice':batch_dice,'do_bg':True,'smooth':1e-5,'ddp':False}, use_ignore_label=ign, dice_class=MemoryEfficientSoftDiceLoss)
        ts=[conv(t),conv(half(t))]
    loss = DeepSupervisionWrapper(loss, [2/3,1/3])
    net = network(dims,residual,outputs)
    opt = torch.optim.SGD(net.parameters(),1e-2,weight_decay=3e-5,momentum=.99,nesterov=True)
    out=[]
    for _ in range(5):
        opt.zero_grad(set_to_none=True)
        l = loss(net(x), ts); l.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 12); opt.step(); out.append(l.item())
    print(dims, 'residual' if residual else 'plain', kind, 'batch' if batch_dice else 'sample', *out)

for dims in (3,2):
    for residual in (False,True):
        for kind in ('labels','ignore','regions','regions+ignore'):
            for bd in (True,False):
                run(dims,residual,kind,bd)
