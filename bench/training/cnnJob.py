"""Trains MY_NET on MNIST as a PyTorch user would: torchvision's transforms on each image, a DataLoader in this process.
A line on stdin, `train N`: trains N batches of 64; the milliseconds that they took, as JSON on stdout.
"""

import json
import sys
import time

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

folder, threads = sys.argv[1], int(sys.argv[2])
torch.set_num_threads(threads)


def idx(name, head):
    return np.fromfile(f"{folder}/{name}", dtype=np.uint8)[head:]


class Digits(Dataset):
    def __init__(self):
        self.images = idx("train-images-idx3-ubyte", 16).reshape(-1, 28, 28)
        self.labels = idx("train-labels-idx1-ubyte", 8)
        self.transform = transforms.Compose(
            [
                transforms.Resize((48, 48)),
                transforms.Grayscale(num_output_channels=3),
                transforms.RandomRotation(10),
                transforms.ColorJitter(brightness=0.2, contrast=0.2),
                transforms.ToTensor(),
                transforms.Normalize((0.1307,) * 3, (0.3081,) * 3),
            ]
        )

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, i):
        return self.transform(Image.fromarray(self.images[i])), int(self.labels[i])


def conv(inputs, outputs):
    return [nn.Conv2d(inputs, outputs, 3, padding=1), nn.ReLU()]


model = nn.Sequential(
    *conv(3, 32), *conv(32, 64), nn.MaxPool2d(2), *conv(64, 128), nn.MaxPool2d(2), nn.Flatten(),
    nn.Dropout(0.5), nn.Linear(128 * 12 * 12, 512), nn.ReLU(), nn.Dropout(0.5), nn.Linear(512, 10),
)  # fmt: skip
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, weight_decay=1e-4)
criterion = nn.CrossEntropyLoss()
loader = DataLoader(Digits(), batch_size=64, shuffle=True)


def batches():
    while True:
        yield from loader


source = batches()
for line in sys.stdin:
    count = int(line.split()[1])
    start = time.perf_counter()
    for _ in range(count):
        x, y = next(source)
        optimizer.zero_grad()
        logits = model(x)
        loss = criterion(logits, y)
        loss.backward()
        optimizer.step()
        loss.item(), (logits.argmax(1) == y).sum().item()
    print(json.dumps(1000 * (time.perf_counter() - start)), flush=True)
