"""MY_NET in PyTorch, from the same numbers. Commands a line on stdin, a line of JSON on stdout for each:
`losses N`: trains N steps from the start, without dropout; their losses.
`train N`: trains N steps on, with dropout; the milliseconds that they took.
"""

import json
import sys
import time

import numpy as np
import torch
from torch import nn

folder, threads = sys.argv[1], int(sys.argv[2])
torch.set_num_threads(threads)

BATCH, CLASSES = 64, 10


def array(name, dtype=np.float32):
    return torch.from_numpy(np.fromfile(f"{folder}/{name}", dtype=dtype).copy())


def conv(inputs, outputs):
    return nn.Conv2d(inputs, outputs, kernel_size=3, padding=1)


class MyNet(nn.Module):
    def __init__(self, rate):
        super().__init__()
        self.conv1, self.conv2, self.conv3 = conv(3, 32), conv(32, 64), conv(64, 128)
        self.pool = nn.MaxPool2d(2, 2)
        self.dropout = nn.Dropout(rate)
        self.fc1, self.fc2 = nn.Linear(128 * 12 * 12, 512), nn.Linear(512, CLASSES)
        layers = [self.conv1, self.conv2, self.conv3, self.fc1, self.fc2]
        with torch.no_grad():
            for i, layer in enumerate(layers):
                layer.weight.copy_(array(f"weight{i}").reshape(layer.weight.shape))
                layer.bias.zero_()

    def forward(self, x):
        x = torch.relu(self.conv1(x))
        x = self.pool(torch.relu(self.conv2(x)))
        x = self.pool(torch.relu(self.conv3(x)))
        x = self.dropout(x.flatten(1))
        x = self.dropout(torch.relu(self.fc1(x)))
        return self.fc2(x)


x = array("x").reshape(BATCH, 3, 48, 48)
labels = array("labels", np.int32).long()


class Training:
    def __init__(self, rate):
        self.model = MyNet(rate).train()
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=1e-3, weight_decay=1e-4)
        self.loss = nn.CrossEntropyLoss()

    def step(self):
        self.optimizer.zero_grad()
        loss = self.loss(self.model(x), labels)
        loss.backward()
        self.optimizer.step()
        return loss.item()


training = None
for line in sys.stdin:
    command, count = line.split()
    if command == "losses":
        compared = Training(0.0)
        answer = [compared.step() for _ in range(int(count))]
        del compared
    else:
        training = training or Training(0.5)
        start = time.perf_counter()
        for _ in range(int(count)):
            training.step()
        answer = 1000 * (time.perf_counter() - start)
    print(json.dumps(answer), flush=True)
