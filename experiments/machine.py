"""What the studies write down about the machine they ran on."""
import os
import platform


def processor():
    with open("/proc/cpuinfo") as lines:
        for line in lines:
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.machine()


def describe():
    return f"{processor()}, {os.cpu_count()} cores"
