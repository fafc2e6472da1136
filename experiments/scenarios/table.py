"""Tables of the two evaluations of run.sh, from their JSON alone: table.py RUNS"""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import machine  # noqa: E402

LIMITS = {"ecd": "ECD", "torque": "torque", "spp": "SPP", "stick_slip": "stick-slip"}


def load(shield):
    with open(os.path.join(sys.argv[1], f"shield-{shield}.json")) as file:
        return json.load(file)


def sets(evaluation):
    return {key: x for key, x in evaluation.items() if isinstance(x, dict) and "drillers" in x}


def estimate(values):
    return "{:.0f} [{:.0f}, {:.0f}]".format(*values)


def row(driller):
    safety = driller["safety"]
    lost = safety["lost_holes"]
    cells = [estimate(driller["rig_rate"]["set"]["cost_per_metre"]),
             estimate(driller["rig_rate"]["set"]["policy_minus_it"]),
             f"{driller['metres_per_day']:.0f}",
             f"{safety['stick_slip_hours_per_100_m']:.2f}",
             f"{lost['packed_off']:.0f}/{lost['twisted_off']:.0f}/{lost['losses']:.0f}",
             f"{driller['unfinished']:.0f}"]
    cells += [f"{100 * safety['over_limit_share'][limit]:.1f}" for limit in LIMITS]
    return cells + [f"{100 * safety['shielded_share']:.0f}"]


bare, shielded = load("false"), load("true")
setting = bare["settings"]
print(f"""# A policy where the world is another, without and with the shield

    WELLS={setting['evaluate.wells']} experiments/scenarios/run.sh BUILD_FOLDER

idrill {bare['idrill']}, commit {bare['git']}, physics {bare['training_world']['physics']};
{machine.describe()}. Policy: `configs/quickstart.yaml`, one seed, digest
{bare['checkpoint']['digest']}. Baselines: {bare['settings']['baselines.tuning_hours']} of tuning each in
the training world. {setting['evaluate.wells']} wells a set, the same in all; intervals of 95 %, paired over wells.

USD/m; the policy's USD/m minus this driller's; m/day; hours of stick-slip index above 1 per 100 m;
holes packed off / twisted off / lost to losses; intervals not finished; % of the drilling time beyond
a limit (ECD {setting['shield.ecd']} of the mud window, torque {setting['shield.torque']} and standpipe pressure {setting['shield.spp']} of the rig's limit,
stick-slip index {setting['shield.stick_slip']}); % of it with a set-point changed by the shield.
""")
for key, x in sets(bare).items():
    y = sets(shielded)[key]
    assert x["scenario_hash"] == y["scenario_hash"] and x["tuned"] == y["tuned"]
    print(f"## {x['title']}\n")
    print("| driller | shield | USD/m | policy minus it | m/day | slip h/100 m | lost | unfinished | "
          + " | ".join(LIMITS.values()) + " | changed |")
    print("|" + "---|" * (9 + len(LIMITS)))
    for name in ("policy", "constant", "advisor", "clairvoyant"):
        for word, one in (("off", x), ("on", y)):
            print("| " + " | ".join([name, word] + row(one["drillers"][name])) + " |")
    print()
