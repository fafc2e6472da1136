"""PPO in one file of plain PyTorch: the usual details (orthogonal weights, running normalisers of
observations and returns, generalised advantages that know time limits, clipped ratio, advantages
normalised per minibatch), and nothing else."""

import numpy as np
import torch
from torch import nn
from torch.distributions import Categorical, Normal


class Running:
    """Mean and variance of rows, merged by counts."""

    def __init__(self, dim):
        self.mean, self.variance, self.count = np.zeros(dim), np.ones(dim), 1e-4

    def add(self, rows):
        count, mean, variance = len(rows), rows.mean(0), rows.var(0)
        total, delta = self.count + count, mean - self.mean
        self.variance = (self.variance * self.count + variance * count
                         + delta ** 2 * self.count * count / total) / total
        self.mean, self.count = self.mean + delta * count / total, total


def layer(inputs, outputs, gain):
    linear = nn.Linear(inputs, outputs)
    nn.init.orthogonal_(linear.weight, gain)
    nn.init.zeros_(linear.bias)
    return linear


def network(inputs, outputs, gain):
    return nn.Sequential(layer(inputs, 64, 2 ** 0.5), nn.Tanh(), layer(64, 64, 2 ** 0.5), nn.Tanh(),
                         layer(64, outputs, gain))


class Agent(nn.Module):
    def __init__(self, inputs, actions, discrete, start):
        super().__init__()
        self.discrete = discrete
        self.policy = network(inputs, actions, 0.01)
        self.value = network(inputs, 1, 1.0)
        if not discrete:
            self.log_std = nn.Parameter(torch.zeros(actions))
            with torch.no_grad():
                self.policy[-1].bias.copy_(torch.tensor(start))

    def distribution(self, x):
        head = self.policy(x)
        return Categorical(logits=head) if self.discrete else Normal(head, self.log_std.exp())

    def log_prob(self, distribution, action):
        p = distribution.log_prob(action)
        return p if self.discrete else p.sum(-1)

    def entropy(self, distribution):
        e = distribution.entropy()
        return e if self.discrete else e.sum(-1)


class Noise:
    """Normal numbers that last for `time` steps, of unit variance: drawn at knots, interpolated."""

    def __init__(self, shape, time):
        self.time, self.step = time, 0
        self.now, self.next = torch.randn(shape), torch.randn(shape)

    def __call__(self):
        part = self.step % self.time / self.time
        if self.step > 0 and part == 0:
            self.now, self.next = self.next, torch.randn(self.now.shape)
        self.step += 1
        return ((1 - part) * self.now + part * self.next) / ((1 - part) ** 2 + part ** 2) ** 0.5


def train(env, recipe, seed, note):
    """`note(steps)` is called after each iteration."""
    torch.manual_seed(seed)
    np.random.seed(seed)
    lanes, horizon, gamma = env.num_envs, recipe["horizon"], recipe["gamma"]
    spec, discrete = env.spec_, env.spec_.action_count > 0
    actions = spec.action_count if discrete else spec.action_dim
    agent = Agent(spec.observation_dim, actions, discrete, list(spec.action_start[:actions]))
    optimizer = torch.optim.Adam(agent.parameters(), lr=recipe["learning_rate"], eps=1e-5)
    seen, earned, running = Running(spec.observation_dim), Running(1), np.zeros(lanes)
    noise = Noise((lanes, actions), recipe.get("noise_time", 1))

    def normal(rows):
        scaled = (rows - seen.mean) / np.sqrt(seen.variance + 1e-8)
        return torch.as_tensor(np.clip(scaled, -10, 10), dtype=torch.float32)

    raw, steps, iterations = env.reset(), 0, recipe["steps"] // (lanes * horizon)
    shape = () if discrete else (actions,)
    rows = torch.zeros(horizon, lanes, spec.observation_dim)
    taken, probs = torch.zeros(horizon, lanes, *shape), torch.zeros(horizon, lanes)
    rewards, values = torch.zeros(horizon, lanes), torch.zeros(horizon + 1, lanes)
    ends = torch.zeros(horizon, lanes)
    for iteration in range(iterations):
        for group in optimizer.param_groups:
            group["lr"] = recipe["learning_rate"] * (1 - iteration / iterations)
        for t in range(horizon):
            seen.add(raw)
            rows[t] = normal(raw)
            with torch.no_grad():
                distribution = agent.distribution(rows[t])
                if discrete:
                    taken[t] = distribution.sample()
                else:
                    taken[t] = distribution.mean + distribution.stddev * noise()
                probs[t] = agent.log_prob(distribution, taken[t])
                values[t] = agent.value(rows[t]).squeeze(-1)
            raw, reward, done, infos = env.step(taken[t].numpy())
            running = running * gamma + reward
            earned.add(running[:, None])
            running[done] = 0
            reward = np.clip(reward / np.sqrt(earned.variance[0] + 1e-8), -10, 10)
            limited = [k for k in np.flatnonzero(done) if infos[k]["TimeLimit.truncated"]]
            if limited:
                last = normal(np.stack([infos[k]["terminal_observation"] for k in limited]))
                with torch.no_grad():
                    reward[limited] += gamma * agent.value(last).squeeze(-1).numpy()
            rewards[t], ends[t] = torch.as_tensor(reward), torch.as_tensor(done, dtype=torch.float32)
            steps += lanes
        with torch.no_grad():
            values[horizon] = agent.value(normal(raw)).squeeze(-1)
            advantages, trace = torch.zeros(horizon, lanes), torch.zeros(lanes)
            for t in reversed(range(horizon)):
                delta = rewards[t] + gamma * values[t + 1] * (1 - ends[t]) - values[t]
                trace = delta + gamma * recipe["lambda"] * (1 - ends[t]) * trace
                advantages[t] = trace
            returns = (advantages + values[:-1]).flatten()
        flat = (rows.flatten(0, 1), taken.flatten(0, 1), probs.flatten(), advantages.flatten())
        for _ in range(recipe["epochs"]):
            for index in torch.randperm(lanes * horizon).split(recipe["minibatch"]):
                x, action, old, advantage = (part[index] for part in flat)
                distribution = agent.distribution(x)
                ratio = (agent.log_prob(distribution, action) - old).exp()
                advantage = (advantage - advantage.mean()) / (advantage.std() + 1e-8)
                policy = -torch.min(advantage * ratio, advantage * ratio.clamp(0.8, 1.2)).mean()
                value = (agent.value(x).squeeze(-1) - returns[index]).square().mean()
                entropy = agent.entropy(distribution).mean()
                loss = policy + 0.5 * value - recipe.get("entropy_coefficient", 0.0) * entropy
                optimizer.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(agent.parameters(), recipe["max_gradient_norm"])
                optimizer.step()
        note(steps)
