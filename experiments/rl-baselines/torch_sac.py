"""SAC in one file of plain PyTorch: twin critics, squashed Gaussian with the exact logarithm,
automatic temperature, targets that know time limits, a ring of transitions over all lanes."""

import math

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from torch_ppo import Noise, Running


def network(inputs, outputs):
    return nn.Sequential(nn.Linear(inputs, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(),
                         nn.Linear(64, outputs))


class Policy(nn.Module):
    def __init__(self, inputs, actions):
        super().__init__()
        self.net = network(inputs, 2 * actions)

    def forward(self, x, noise=None):
        mean, raw = self.net(x).chunk(2, -1)
        log_std = -5 + 3 * (torch.tanh(raw) + 1)
        noise = torch.randn_like(mean) if noise is None else noise
        u = mean + log_std.exp() * noise
        gauss = -0.5 * noise.square() - log_std - 0.5 * math.log(2 * math.pi)
        squash = 2 * (math.log(2) - u - functional.softplus(-2 * u))
        return torch.tanh(u), (gauss - squash).sum(-1)


class Ring:
    def __init__(self, size, dim, actions):
        self.size, self.count = size, 0
        self.row, self.next = np.zeros((size, dim), np.float32), np.zeros((size, dim), np.float32)
        self.action = np.zeros((size, actions), np.float32)
        self.reward, self.ended = np.zeros(size, np.float32), np.zeros(size, np.float32)

    def add(self, row, action, reward, following, ended):
        at = (self.count + np.arange(len(row))) % self.size
        self.row[at], self.action[at], self.reward[at] = row, action, reward
        self.next[at], self.ended[at] = following, ended
        self.count += len(row)

    def draw(self, batch):
        at = np.random.randint(0, min(self.count, self.size), batch)
        parts = (self.row[at], self.action[at], self.reward[at], self.next[at], self.ended[at])
        return (torch.as_tensor(part) for part in parts)


def train(env, recipe, seed, note):
    """`note(steps)` is called every `report` steps."""
    torch.manual_seed(seed)
    np.random.seed(seed)
    lanes, gamma, dim, actions = (env.num_envs, recipe["gamma"], env.spec_.observation_dim,
                                  env.spec_.action_dim)
    policy = Policy(dim, actions)
    critics = [network(dim + actions, 1) for _ in range(2)]
    targets = [network(dim + actions, 1) for _ in range(2)]
    for target, critic in zip(targets, critics):
        target.load_state_dict(critic.state_dict())
    both = [p for critic in critics for p in critic.parameters()]
    behind = [p for target in targets for p in target.parameters()]
    log_alpha = torch.tensor(math.log(recipe["alpha"]), requires_grad=True)
    actor_step = torch.optim.Adam(policy.parameters(), lr=recipe["learning_rate"])
    critic_step = torch.optim.Adam(both, lr=recipe["critic_learning_rate"])
    alpha_step = torch.optim.Adam([log_alpha], lr=recipe["alpha_learning_rate"])
    noise, ring, seen = (Noise((lanes, actions), recipe.get("noise_time", 1)),
                         Ring(min(recipe["replay"], recipe["steps"] + lanes), dim, actions),
                         Running(dim))
    held, raw, steps, updates = None, env.reset().copy(), 0, 0

    def normal(rows):
        shift = torch.as_tensor(seen.mean, dtype=torch.float32)
        scale = torch.as_tensor(1 / np.sqrt(seen.variance + 1e-8), dtype=torch.float32)
        return ((torch.as_tensor(rows) - shift) * scale).clamp(-10, 10)

    def lower(nets, x, action):
        row = torch.cat([x, action], -1)
        return torch.min(*[net(row).squeeze(-1) for net in nets])

    def update():
        row, action, reward, following, ended = ring.draw(recipe["batch"])
        row, following = normal(row), normal(following)
        alpha = log_alpha.exp().detach()
        with torch.no_grad():
            ahead, log_prob = policy(following)
            soft = lower(targets, following, ahead) - alpha * log_prob
            wanted = reward + gamma * (1 - ended) * soft
        both_rows = torch.cat([row, action], -1)
        loss = sum(0.5 * (net(both_rows).squeeze(-1) - wanted).square().mean() for net in critics)
        critic_step.zero_grad()
        loss.backward()
        critic_step.step()
        drawn, log_prob = policy(row)
        loss = (alpha * log_prob - lower(critics, row, drawn)).mean()
        actor_step.zero_grad()
        loss.backward()
        actor_step.step()
        loss = -(log_alpha * (log_prob.detach() - actions).mean())
        alpha_step.zero_grad()
        loss.backward()
        alpha_step.step()
        with torch.no_grad():
            for target, weight in zip(behind, both):
                target.lerp_(weight, recipe["tau"])

    while steps < recipe["steps"]:
        seen.add(raw)
        if steps < recipe["learning_starts"]:
            if held is None or steps // lanes % recipe.get("noise_time", 1) == 0:
                held = np.random.uniform(-1, 1, (lanes, actions)).astype(np.float32)
            action = held
        else:
            with torch.no_grad():
                action = policy(normal(raw), noise())[0].numpy()
        now, reward, done, infos = env.step(action)
        following, ended = now.copy(), done.astype(np.float32)
        for k in np.flatnonzero(done):
            following[k] = infos[k]["terminal_observation"]
            ended[k] = not infos[k]["TimeLimit.truncated"]
        ring.add(raw, action, reward, following, ended)
        raw = now.copy()
        steps += lanes
        while updates < recipe["ratio"] * (steps - recipe["learning_starts"]):
            update()
            updates += 1
        if steps % recipe["report"] < lanes or steps >= recipe["steps"]:
            note(steps)
