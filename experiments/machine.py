"""What the studies write down about the machine they ran on."""
import os
import platform


def processor():
    """Name, and the numbers that tell generations apart where a hypervisor hides the rest."""
    found = {}
    with open("/proc/cpuinfo") as lines:
        for line in lines:
            key, _, value = line.partition(":")
            found.setdefault(key.strip(), value.strip())
    if "model name" not in found:
        return platform.machine()
    numbers = f"family {found.get('cpu family', '?')}, model {found.get('model', '?')}"
    return f"{found['model name']} ({numbers})"


def describe():
    return f"{processor()}, {os.cpu_count()} cores"
